import { newId } from '@platen/kit/ids'
import { sql, openDatabase } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Identity } from '../index.ts'
import { openTestIdentity, password, visitor, type Person, type TestIdentity } from '../testing/identity.ts'
import { createTokenKeys } from './access-tokens.ts'

let home: TestIdentity
let identity: Identity
let person: Person
let genuine: string
let claims: Record<string, unknown>

beforeAll(async () => {
  home = await openTestIdentity('site')
  identity = home.identity
  person = await home.aPerson()
  genuine = (await identity.signIn({ email: person.email, password }, visitor)).accessToken
  claims = decode(genuine, 1)
})
afterAll(() => home.database.drop())

const decode = (token: string, part: number): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown> // our own token
const inventedKid = `${Buffer.from('{"alg":"RS256","typ":"at+jwt","kid":"invented"}').toString('base64url')}.e30.AAAA`

describe('an access token', () => {
  test('names who holds it, where and by which session', async () => {
    expect(await identity.authenticate(genuine)).toMatchObject({
      accountId: person.accountId,
      email: person.email,
      roles: [{ id: 'gerant', name: 'gerant', system: true }],
      tenantId: home.tenantId,
      method: 'password',
    })
    expect(decode(genuine, 0)).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: expect.any(String) })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(900)
  })

  test('is not called invalid when the database does not answer: that is another problem', async () => {
    const lost = openDatabase({ ...home.database.createConnection(), host: '/nowhere' })
    await expect(home.another({ db: lost }).authenticate(genuine)).rejects.toThrow('ENOENT')
    await lost.destroy()
  })
})

describe('signing keys', () => {
  test('ten processes that start together on an empty table agree on one', async () => {
    const fresh = await openTestIdentity('site')
    const ids = { accountId: newId(), tenantId: newId(), sessionId: newId() }
    const processes = Array.from({ length: 10 }, () =>
      createTokenKeys({ db: fresh.db, vault: fresh.vault, issuer: 'i', audience: 'a' }),
    )
    const tokens = await Promise.all(processes.map((keys) => keys.sign(ids)))
    expect(new Set(tokens.map((token) => decode(token, 0)['kid'])).size).toBe(1)
    for (const [index, keys] of processes.entries()) {
      expect(await keys.verify(tokens[(index + 1) % tokens.length] ?? '')).toEqual(ids)
    }
    await fresh.database.drop()
  })

  test('made in a transaction that rolls back are not used afterwards', async () => {
    const fresh = await openTestIdentity('site')
    const keys = createTokenKeys({ db: fresh.db, vault: fresh.vault, issuer: 'i', audience: 'a' })
    const ids = { accountId: newId(), tenantId: newId(), sessionId: newId() }
    const lost = fresh.db.transaction().execute(async (tx) => {
      await keys.sign(ids, tx)
      throw new Error('rolled back')
    })
    await expect(lost).rejects.toThrow('rolled back')
    expect(await keys.verify(await keys.sign(ids))).toEqual(ids)
    await fresh.database.drop()
  })

  test('with invented kids do not hide a key that another process made since', async () => {
    const keys = createTokenKeys({ db: home.db, vault: home.vault, issuer: 'i', audience: 'a' })
    expect(await keys.verify(inventedKid)).toBeUndefined()
    const other = createTokenKeys({ db: home.db, vault: home.vault, issuer: 'i', audience: 'a' })
    const ids = { accountId: newId(), tenantId: newId(), sessionId: newId() }
    expect(await keys.verify(await other.sign(ids))).toEqual(ids)
  })

  test('are stored sealed: the database holds no private key', async () => {
    const { rows } = await sql<{ text: string }>`SELECT k::text AS text FROM identity.signing_keys k`.execute(
      home.database.db,
    )
    // An RSA private key in JSON has a member `d`.
    expect(rows.map(({ text }) => text).join()).not.toMatch(/"d\\?":/)
  })
})
