import { newId } from '@platen/kit/ids'
import { one, sql } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestPeople, type TestPeople, type TestUser } from '../testing/people.ts'

describe.each(['site', 'plane'] as const)('users as the role of a %s', (place) => {
  let people: TestPeople
  beforeAll(async () => {
    people = await openTestPeople(place)
  })
  afterAll(() => people.close())

  /** The owner of a new tenant, and somebody else in it. */
  async function aTenant(role = 'lecture'): Promise<{ owner: TestUser; other: TestUser }> {
    const owner = await people.aUser()
    return { owner, other: await people.aUser({ role, tenantId: owner.tenantId }) }
  }
  const patch = (as: TestUser, user: TestUser, body: object, ifMatch?: string) =>
    people.call('PATCH', `/users/${user.userId}`, { as, body, ...(ifMatch === undefined ? {} : { ifMatch }) })
  const deactivate = (as: TestUser, user: TestUser) => people.call('PUT', `/users/${user.userId}/deactivation`, { as })
  const reactivate = (as: TestUser, user: TestUser) =>
    people.call('DELETE', `/users/${user.userId}/deactivation`, { as })
  const erase = (as: TestUser, user: TestUser) => people.call('DELETE', `/users/${user.userId}`, { as })
  const read = (as: TestUser, user: TestUser) => people.call('GET', `/users/${user.userId}`, { as })
  const isSignedIn = async (user: TestUser, by = people.identity) => (await by.authenticate(user.token)) !== undefined

  describe('reading', () => {
    test('one gives its version as an ETag', async () => {
      const { owner, other } = await aTenant()
      const answer = await read(owner, other)
      expect(answer).toMatchObject({
        status: 200,
        body: {
          id: other.userId,
          email: other.email,
          state: 'active',
          version: 1,
          roles: [{ id: 'lecture', system: true }],
        },
      })
      expect(answer.headers['etag']).toMatch(/^"v1-/)
    })

    test('one tells when somebody signed in last, here and nowhere else, and whether that takes a code', async () => {
      const { owner, other } = await aTenant()
      const { body } = await read(owner, other)
      expect(body).toMatchObject({ secondFactor: false, lastSignInAt: expect.any(String) })
      await sql`UPDATE identity.accounts SET sealed_totp_secret = 'sealed', totp_since = now() WHERE id = ${other.accountId}`.execute(
        people.home.database.db,
      )
      await sql`UPDATE identity.sessions SET tenant_id = ${newId()} WHERE account_id = ${other.accountId}`.execute(
        people.home.database.db,
      )
      expect((await read(owner, other)).body).toMatchObject({ secondFactor: true, lastSignInAt: null })
    })

    test('all goes page by page, and finds parts of names and addresses', async () => {
      const { owner, other } = await aTenant()
      await people.aUser({ role: 'chef', tenantId: owner.tenantId })
      const seen: string[] = []
      let cursor = ''
      do {
        const { body } = await people.call('GET', `/users?limit=1${cursor && `&cursor=${cursor}`}`, { as: owner })
        seen.push(...body.items.map(({ id }) => id))
        cursor = body.nextCursor ?? ''
      } while (cursor !== '')
      expect(seen).toHaveLength(3)
      expect(new Set(seen).size).toBe(3)
      const found = await people.call('GET', '/users?search=ANNE+lect', { as: owner })
      expect(found.body.items.map(({ id }) => id)).toEqual([other.userId])
      expect((await people.call('GET', '/users?search=%25', { as: owner })).body.items).toEqual([])
      expect((await people.call('GET', '/users?filter[state]=disabled', { as: owner })).body.items).toEqual([])
    })

    test('needs the permission', async () => {
      const { other } = await aTenant()
      expect(await people.call('GET', '/users', { as: other })).toMatchObject({
        status: 403,
        body: { code: 'forbidden' },
      })
    })
  })

  describe('changing', () => {
    test('name and roles is audited with both states, and told', async () => {
      const { owner, other } = await aTenant()
      const answer = await patch(owner, other, { name: 'Zoé', roles: ['chef', 'lecture'] }, '"v1"')
      expect(answer.body).toMatchObject({ name: 'Zoé', version: 2, roles: [{ id: 'chef' }, { id: 'lecture' }] })
      expect(answer.headers['etag']).toMatch(/^"v2-/)
      expect((await people.auditOf(owner.tenantId)).at(-1)).toEqual({
        action: 'user.changed',
        resourceId: other.userId,
        changes: {
          name: { before: 'Anne lecture', after: 'Zoé' },
          roles: { before: ['lecture'], after: ['chef', 'lecture'] },
        },
      })
      expect((await people.eventsOf(owner.tenantId)).at(-1)).toEqual({
        type: 'UserUpdated',
        payload: {
          userId: other.userId,
          accountId: other.accountId,
          name: 'Zoé',
          roles: ['chef', 'lecture'],
          state: 'active',
        },
      })
    })

    test('from an old version is refused', async () => {
      const { owner, other } = await aTenant()
      await patch(owner, other, { name: 'Zoé' })
      expect(await patch(owner, other, { name: 'Eve' }, '"v1"')).toMatchObject({
        status: 412,
        body: { code: 'version-stale' },
      })
      expect((await read(owner, other)).body.name).toBe('Zoé')
    })

    test('nothing writes nothing', async () => {
      const { owner, other } = await aTenant()
      const before = await people.auditOf(owner.tenantId)
      expect((await patch(owner, other, { roles: ['lecture'] })).body.version).toBe(1)
      expect(await people.auditOf(owner.tenantId)).toEqual(before)
    })

    test('to a role that is none is refused with those that are', async () => {
      const { owner, other } = await aTenant()
      const answer = await patch(owner, other, { roles: ['lecture', newId()] })
      expect(answer).toMatchObject({ status: 422, body: { code: 'role-unknown', errors: [{ pointer: '/roles/1' }] } })
      expect(answer.body.detail).toContain('gerant, chef, lecture')
    })

    test.each(['Zo\u0007é', 'a\nb', '', '  '])('a name to %j is refused', async (name) => {
      const { owner, other } = await aTenant()
      expect(await patch(owner, other, { name })).toMatchObject({ status: 422, body: { code: 'request-invalid' } })
    })

    test('somebody of another tenant is like somebody who does not exist', async () => {
      const { owner } = await aTenant()
      const stranger = await people.aUser()
      const nobody = { ...stranger, userId: newId() }
      for (const attempt of [patch, deactivate, reactivate, erase, read]) {
        const answers = [await attempt(owner, stranger, { name: 'Eve' }), await attempt(owner, nobody, { name: 'Eve' })]
        expect(answers.map(({ status }) => status)).toEqual([404, 404])
        expect(new Set(answers.map(({ body }) => body.detail)).size).toBe(1)
      }
      expect(await isSignedIn(stranger)).toBe(true)
    })
  })

  describe('nobody', () => {
    test('gives a role with a permission that they do not hold', async () => {
      const { owner, other } = await aTenant()
      const chef = await people.aUser({ role: 'chef', tenantId: owner.tenantId })
      expect(await patch(chef, other, { roles: ['gerant'] })).toMatchObject({
        status: 403,
        body: { code: 'grant-refused', missing: ['*'] },
      })
      expect(await patch(chef, chef, { roles: ['chef', 'gerant'] })).toMatchObject({ status: 403 })
      expect((await patch(chef, other, { roles: ['chef'] })).status).toBe(200)
      expect((await people.auditOf(owner.tenantId)).slice(0, 2)).toEqual([
        {
          action: 'user.change-refused',
          resourceId: other.userId,
          changes: { attempted: 'user.changed', code: 'grant-refused', detail: expect.any(String) },
        },
        expect.objectContaining({ action: 'user.change-refused', resourceId: chef.userId }),
      ])
    })

    test('does more with an API token than its scopes say, whoever made it', async () => {
      const { owner, other } = await aTenant()
      const scopes = ['users.read', 'users.write']
      const made = await people.call('POST', '/auth/api-tokens', { as: owner, body: { name: 'cron', scopes } })
      const program = { ...owner, token: made.body.token }
      expect((await read(program, other)).status).toBe(200)
      expect(await patch(program, other, { name: 'Zoé' })).toMatchObject({ body: { code: 'user-outranks-you' } })
      const invitation = { email: `x-${newId()}@example.fr`, roles: ['lecture'] }
      expect(await people.call('POST', '/invitations', { as: program, body: invitation })).toMatchObject({
        status: 403,
        body: { code: 'grant-refused', missing: ['products.read'] },
      })
    })

    test('changes, deactivates or erases a user who may do more', async () => {
      const { owner } = await aTenant()
      const chef = await people.aUser({ role: 'chef', tenantId: owner.tenantId })
      for (const attempt of [patch, deactivate, reactivate, erase]) {
        expect(await attempt(chef, owner, { name: 'Eve' })).toMatchObject({
          status: 403,
          body: { code: 'user-outranks-you' },
        })
      }
      expect(await isSignedIn(owner)).toBe(true)
      expect((await people.auditOf(owner.tenantId)).map(({ action }) => action)).toEqual(
        Array.from({ length: 4 }, () => 'user.change-refused'),
      )
    })

    test('who is not an operator changes one', async () => {
      const owner = await people.aUser()
      const operator = await people.aUser({ tenantId: owner.tenantId, operator: true })
      expect(await erase(owner, operator)).toMatchObject({ status: 403, body: { code: 'user-outranks-you' } })
      expect((await erase(operator, owner)).status).toBe(204)
    })

    test('deactivates or erases themselves', async () => {
      const { owner } = await aTenant('gerant')
      for (const attempt of [deactivate, erase]) {
        expect(await attempt(owner, owner)).toMatchObject({ status: 409, body: { code: 'own-user' } })
      }
    })

    test('gives back to themselves what was taken from them, even where their old rights are still remembered', async () => {
      const { other } = await aTenant('gerant')
      const asRemembered = people.identity.authenticate(other.token)
      await sql`UPDATE identity.user_roles SET system_role = 'lecture' WHERE user_id = ${other.userId}`.execute(
        people.home.database.db,
      )
      expect((await asRemembered)?.permissions.has('*')).toBe(true)
      expect(await patch(other, other, { roles: ['gerant'] })).toMatchObject({
        status: 403,
        body: { code: 'grant-refused' },
      })
    })
  })

  describe('the last owner', () => {
    test('cannot be demoted, deactivated or erased, while others cannot be', async () => {
      const { owner, other } = await aTenant('gerant')
      expect((await patch(owner, owner, { roles: ['lecture'] })).status).toBe(200)
      expect(await patch(other, other, { roles: ['lecture'] })).toMatchObject({
        status: 409,
        body: { code: 'last-owner' },
      })
      expect((await people.auditOf(owner.tenantId)).at(-1)).toMatchObject({
        action: 'user.change-refused',
        changes: { code: 'last-owner' },
      })
    })

    test('is not one whose user is deactivated', async () => {
      const { owner, other } = await aTenant('gerant')
      expect((await deactivate(owner, other)).status).toBe(200)
      expect(await patch(owner, owner, { roles: ['lecture'] })).toMatchObject({ body: { code: 'last-owner' } })
    })

    test.each([
      ['demoting', (as: TestUser, user: TestUser) => patch(as, user, { roles: ['lecture'] })],
      ['deactivating', deactivate],
      ['erasing', erase],
    ])('remains when two owners are %s each other at once', async (_what, attempt) => {
      for (let round = 0; round < 5; round += 1) {
        const { owner, other } = await aTenant('gerant')
        const answers = await Promise.all([attempt(owner, other), attempt(other, owner)])
        const won = answers.filter(({ status }) => status < 300)
        expect(won).toHaveLength(1)
        const { count } = await one(
          people.home.database.db,
          sql<{
            count: number
          }>`SELECT count(*)::int AS count FROM identity.users u JOIN identity.user_roles r ON r.user_id = u.id
            WHERE u.tenant_id = ${owner.tenantId} AND u.state = 'active' AND r.system_role = 'gerant'`,
        )
        expect(count).toBe(1)
      }
    })
  })

  describe('a deactivated user', () => {
    test('is out at once, cannot sign in, and may come back', async () => {
      const { owner, other } = await aTenant()
      expect(await deactivate(owner, other)).toMatchObject({ status: 200, body: { state: 'disabled', version: 2 } })
      expect(await isSignedIn(other)).toBe(false)
      const credentials = { email: other.email, password: 'un mot de passe assez long' }
      expect((await people.call('POST', '/auth/login', { body: credentials })).status).toBe(401)
      expect((await deactivate(owner, other)).body.version).toBe(2)
      expect(await reactivate(owner, other)).toMatchObject({ status: 200, body: { state: 'active', version: 3 } })
      expect(await isSignedIn(other)).toBe(false)
      expect((await people.call('POST', '/auth/login', { body: credentials })).status).toBe(200)
      const actions = (await people.auditOf(owner.tenantId)).map(({ action }) => action)
      expect(actions).toEqual(['user.deactivated', 'user.reactivated', 'session.opened'])
    })

    test('is out of one tenant and stays in the other', async () => {
      const { owner, other } = await aTenant()
      const there = await people.aUser({ account: other })
      await deactivate(owner, other)
      expect([await isSignedIn(other), await isSignedIn(there)]).toEqual([false, true])
    })

    test('does not come back while the plan is full', async () => {
      const { owner, other } = await aTenant()
      await deactivate(owner, other)
      people.plan.maxUsers = 1
      const answer = await reactivate(owner, other)
      people.plan.maxUsers = undefined
      expect(answer).toMatchObject({ status: 409, body: { code: 'user-limit-reached', allowed: 1, taken: 1 } })
    })

    test(
      'and one whose role changed are known as such by every process within 5 seconds',
      { timeout: 20_000 },
      async () => {
        const { owner, other } = await aTenant()
        const third = await people.aUser({ role: 'lecture', tenantId: owner.tenantId })
        const process = people.home.another()
        for (const user of [other, third]) expect(await isSignedIn(user, process)).toBe(true)
        await deactivate(owner, other)
        await patch(owner, third, { roles: ['chef'] })
        await eventually(
          async () =>
            !(await isSignedIn(other, process)) && (await process.authenticate(third.token))?.roles[0]?.id === 'chef',
          { timeoutMs: 5_500 },
        )
      },
    )
  })

  describe('an erased user', () => {
    const traces = async ({ email, userId }: TestUser) => {
      const found = await sql<{ text: string }>`
        SELECT to_jsonb(a)::text AS text FROM identity.accounts a UNION ALL SELECT to_jsonb(u)::text FROM identity.users u
        UNION ALL SELECT to_jsonb(i)::text FROM identity.invitations i UNION ALL SELECT to_jsonb(s)::text FROM identity.sessions s
        UNION ALL SELECT payload::text FROM outbox.events WHERE type = 'UserUpdated' AND aggregate_id = ${userId}`.execute(
        people.home.database.db,
      )
      return found.rows.filter(({ text }) => text.includes(email)).length
    }

    test('is nobody: no name, no address, no way in, and the row stays for what refers to it', async () => {
      const { owner, other } = await aTenant()
      expect((await erase(owner, other)).status).toBe(204)
      expect(await isSignedIn(other)).toBe(false)
      expect(await traces(other)).toBe(0)
      const row = await one(
        people.home.database.db,
        sql`SELECT u.name, u.state, a.state AS account, a.password_hash FROM identity.users u JOIN identity.accounts a ON a.id = account_id
          WHERE u.id = ${other.userId}`,
      )
      expect(row).toEqual({ name: '', state: 'erased', account: 'erased', password_hash: null })
      expect((await read(owner, other)).status).toBe(404)
      expect((await people.call('GET', '/users', { as: owner })).body.items).toHaveLength(1)
      expect((await people.auditOf(owner.tenantId)).at(-1)).toMatchObject({
        action: 'user.erased',
        changes: { accountErased: true },
      })
    })

    test('keeps the account where it is a user elsewhere, and nothing links the two', async () => {
      const { owner, other } = await aTenant()
      const there = await people.aUser({ account: other })
      expect((await erase(owner, other)).status).toBe(204)
      expect(await isSignedIn(there)).toBe(true)
      const row = await one(
        people.home.database.db,
        sql<{ account_id: string }>`SELECT account_id FROM identity.users WHERE id = ${other.userId}`,
      )
      expect(row.account_id).not.toBe(other.accountId)
    })
  })

  describe('one’s own profile', () => {
    test('has a name and a language that need no permission to change', async () => {
      const { owner, other } = await aTenant()
      const answer = await people.call('PATCH', '/users/me', {
        as: other,
        body: { name: 'Zoé', locale: 'fr' },
        ifMatch: '"v1"',
      })
      expect(answer).toMatchObject({ status: 200, body: { id: other.userId, name: 'Zoé', locale: 'fr', version: 2 } })
      expect((await people.call('GET', '/users/me', { as: other })).body).toEqual(answer.body)
      expect((await people.auditOf(owner.tenantId)).at(-1)).toMatchObject({
        action: 'profile.changed',
        changes: { name: { before: 'Anne lecture', after: 'Zoé' }, locale: { before: null, after: 'fr' } },
      })
      expect((await people.call('PATCH', '/users/me', { as: other, body: { roles: ['gerant'] } })).status).toBe(422)
      expect((await people.call('PATCH', '/users/me', { as: other, body: { locale: 'xx' } })).status).toBe(422)
    })
  })
})
