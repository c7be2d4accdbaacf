import { newId } from '@platen/kit/ids'
import { one, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity, Principal } from '../index.ts'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'

describe.each(Object.keys(places) as (keyof typeof places)[])('API tokens as the role of a %s', (place) => {
  let home: TestIdentity
  let identity: Identity
  beforeAll(async () => {
    home = await openTestIdentity(place)
    identity = home.identity
  })
  afterAll(() => home.database.drop())

  const asks = async (fields: Parameters<TestIdentity['aPerson']>[0] = {}): Promise<Principal> => {
    const { email } = await home.aPerson(fields)
    const { accessToken } = await identity.signIn({ email, password }, visitor)
    const principal = await identity.authenticate(accessToken)
    if (principal === undefined) throw new Error('the session is over')
    return principal
  }
  const aToken = (principal: Principal, fields: Partial<Parameters<Identity['apiTokens']['create']>[1]> = {}) =>
    identity.apiTokens.create(
      principal,
      { name: 'import', scopes: ['products.read'], expiresInDays: 30, ...fields },
      visitor,
    )
  const change = (statement: ReturnType<typeof sql>) => statement.execute(home.database.db)
  const permissionsOf = async (token: string, by = identity) => [...((await by.authenticate(token))?.permissions ?? [])]

  test('act for who made them, with their scopes alone, and never as operator', async () => {
    const principal = await asks({ operator: true })
    const { token, row } = await aToken(principal)
    expect(token).toMatch(new RegExp(`^platen_${row.prefix}_[\\w-]{43}$`))
    expect(await identity.authenticate(token)).toMatchObject({
      accountId: principal.accountId,
      userId: principal.userId,
      tenantId: home.tenantId,
      method: 'api-token',
      sessionId: row.id,
      operator: false,
    })
    expect(await permissionsOf(token)).toEqual(['products.read'])
    expect(await auditOf(home.database, row.id)).toEqual(['api-token.created'])
  })

  test.each([
    ['that the user does not hold', ['products.read', 'products.write']],
    ['that nobody knows', ['products.read', 'products.burn']],
    ['that mean everything', ['products.read', '*']],
  ])('are refused with scopes %s', async (_what, scopes) => {
    const reader = await asks({ role: 'lecture' })
    await expect(aToken(reader, { scopes })).rejects.toMatchObject({
      code: 'scopes-not-held',
      status: 422,
      errors: [{ pointer: '/scopes/1' }],
    })
  })

  test('lose what their user loses, and get it back with the user', { timeout: 20_000 }, async () => {
    const principal = await asks()
    const { token } = await aToken(principal, { scopes: ['products.read', 'products.write'] })
    const give = (role: string) =>
      change(sql`UPDATE identity.user_roles SET system_role = ${role} WHERE user_id = ${principal.userId}`)
    expect(await permissionsOf(token)).toEqual(['products.read', 'products.write'])
    await give('lecture')
    await eventually(async () => (await permissionsOf(token)).join() === 'products.read', { timeoutMs: 5_500 })
    await give('gerant')
    expect(await permissionsOf(token, home.another())).toEqual(['products.read', 'products.write'])
  })

  test.each([
    ['expired', (id: string) => sql`UPDATE identity.api_tokens SET expires_at = now() WHERE id = ${id}`],
    [
      'of a user who is disabled',
      (id: string) =>
        sql`UPDATE identity.users SET state = 'disabled' FROM identity.api_tokens t WHERE t.id = ${id} AND users.id = t.user_id`,
    ],
    [
      'of an account that is disabled',
      (id: string) =>
        sql`UPDATE identity.accounts SET state = 'disabled' FROM identity.users u, identity.api_tokens t
          WHERE t.id = ${id} AND u.id = t.user_id AND accounts.id = u.account_id`,
    ],
  ])('that are %s open nothing', async (_what, happens) => {
    const { token, row } = await aToken(await asks())
    await change(happens(row.id))
    expect(await identity.authenticate(token)).toBeUndefined()
  })

  test('of a tenant that is shut open nothing', async () => {
    const { token } = await aToken(await asks())
    expect(await home.another({ isTenantOpen: async () => false }).authenticate(token)).toBeUndefined()
  })

  test('are revoked by who made them: at once here, within 5 seconds elsewhere', { timeout: 20_000 }, async () => {
    const principal = await asks()
    const other = home.another()
    const { token, row } = await aToken(principal)
    for (const process of [identity, other]) expect(await process.authenticate(token)).toBeDefined()
    await identity.apiTokens.revoke(principal, row.id, visitor)
    expect(await identity.authenticate(token)).toBeUndefined()
    await eventually(async () => (await other.authenticate(token)) === undefined, { timeoutMs: 5_500 })
    expect(await auditOf(home.database, row.id)).toEqual(['api-token.created', 'api-token.revoked'])
    expect(await identity.apiTokens.list(principal, { beforeId: undefined, limit: 9 })).toEqual([])
  })

  test('of somebody else can neither be seen nor revoked', async () => {
    const [mine, theirs] = [await asks(), await asks()]
    const { token, row } = await aToken(theirs)
    expect(await identity.apiTokens.list(mine, { beforeId: undefined, limit: 9 })).toEqual([])
    const answers = await Promise.all(
      [row.id, newId()].map((id) => identity.apiTokens.revoke(mine, id, visitor).catch((error: unknown) => error)),
    )
    for (const answer of answers) expect(answer).toMatchObject({ code: 'api-token-not-found', status: 404 })
    expect(JSON.stringify(answers[0])).toBe(JSON.stringify(answers[1]))
    expect(await identity.authenticate(token)).toBeDefined()
  })

  test('note their last use at most once a minute', async () => {
    const { token, row } = await aToken(await asks())
    const lastUse = () =>
      one(
        home.database.db,
        sql<{
          at: Date
          ip: string
        }>`SELECT last_used_at AS at, last_used_ip AS ip FROM identity.api_tokens WHERE id = ${row.id}`,
      )
    await identity.authenticate(token, { ip: '192.0.2.7' })
    const first = await lastUse()
    expect(first).toMatchObject({ ip: '192.0.2.7', at: expect.any(Date) })
    await home.another().authenticate(token, { ip: '192.0.2.8' })
    expect(await lastUse()).toEqual(first)
    await change(sql`UPDATE identity.api_tokens SET last_used_at = last_used_at - interval '61 s' WHERE id = ${row.id}`)
    await home.another().authenticate(token, { ip: '192.0.2.8' })
    expect(await lastUse()).toMatchObject({ ip: '192.0.2.8' })
  })

  test('are kept as a hash, and a right prefix with another secret opens nothing', async () => {
    const { token, row } = await aToken(await asks())
    const { text } = await withScope(home.db, { tenantId: home.tenantId }, (tx) =>
      one(tx, sql<{ text: string }>`SELECT string_agg(t::text, '') AS text FROM identity.api_tokens t`),
    )
    expect(text).not.toContain(token.slice(`platen_${row.prefix}_`.length))
    const wrong = [`platen_${row.prefix}_${'A'.repeat(43)}`, `${token}A`, token.slice(0, -1), `platen_${row.prefix}_`]
    for (const text of wrong) expect(await identity.authenticate(text)).toBeUndefined()
  })
})
