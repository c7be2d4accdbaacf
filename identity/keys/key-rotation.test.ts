import { calculateJwkThumbprint, decodeProtectedHeader, type JWK } from 'jose'
import { rows, sql } from '@platen/kit/sql'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { auditOf, openTestIdentity, password, places, visitor, type TestIdentity } from '../testing/identity.ts'

let home: TestIdentity
beforeEach(async () => {
  home = await openTestIdentity('site')
})
afterEach(() => home.database.drop())

const pretend = (change: ReturnType<typeof sql>) => change.execute(home.database.db)
const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid)
const keysInTable = () =>
  rows(
    home.database.db,
    sql<{ kid: string; jwk: JWK; retired: boolean }>`SELECT kid, public_jwk AS jwk, retired_at IS NOT NULL AS retired
      FROM identity.signing_keys ORDER BY created_at`,
  )
async function asks(identity = home.identity) {
  const { email } = await home.aPerson()
  const { accessToken } = await identity.signIn({ email, password }, visitor)
  const principal = await identity.authenticate(accessToken)
  if (principal === undefined) throw new Error('the session is over')
  return { accessToken, principal }
}

test('a key is named by its thumbprint (RFC 7638)', async () => {
  const { accessToken } = await asks()
  const [key] = await keysInTable()
  if (key === undefined) throw new Error('signing in made no key')
  expect(key.kid).toBe(await calculateJwkThumbprint(key.jwk))
  expect(kidOf(accessToken)).toBe(key.kid)
})

test('the public halves are published, and nothing of the private ones', async () => {
  const { accessToken } = await asks()
  const published = await home.another().keys.published()
  expect(published.map((key) => Object.keys(key))).toEqual([['kty', 'n', 'e', 'kid', 'alg', 'use']])
  expect(published[0]).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', kid: kidOf(accessToken) })
})

test('a new key is published at once and signs half a minute later', async () => {
  const { principal, accessToken } = await asks()
  const kid = await home.identity.keys.rotate(principal, visitor)
  expect(await auditOf(home.database, kid)).toEqual(['signing-key.rotated'])
  const soon = home.another()
  expect((await soon.keys.published()).map((key) => key.kid)).toEqual([kidOf(accessToken), kid])
  expect(kidOf((await asks(soon)).accessToken)).toBe(kidOf(accessToken))
  await pretend(sql`UPDATE identity.signing_keys SET created_at = created_at - interval '31 s'`)
  const later = home.another()
  expect(kidOf((await asks(later)).accessToken)).toBe(kid)
  expect(await later.authenticate(accessToken)).toBeDefined()
})

test('the old key verifies until the last of its tokens is over, then not, and is deleted after a day', async () => {
  const { principal, accessToken } = await asks()
  await home.identity.keys.rotate(principal, visitor)
  const retiredFor = (time: string) =>
    pretend(sql`UPDATE identity.signing_keys SET retired_at = now() - ${time}::interval WHERE retired_at IS NOT NULL`)
  // 30 s until the new one signs, 5 s until every process knows, then 15 minutes.
  await retiredFor('15 minutes 40 s')
  expect(await home.another().authenticate(accessToken)).toBeDefined()
  await retiredFor('16 minutes 1 s')
  expect(await home.another().authenticate(accessToken)).toBeUndefined()
  expect(await home.another().keys.published()).toHaveLength(1)
  await retiredFor('25 hours')
  await home.identity.keys.rotate(principal, visitor)
  expect((await keysInTable()).map(({ retired }) => retired)).toEqual([true, false])
})

test('a key is replaced by itself after 90 days, once, by whichever process looks first', async () => {
  const { accessToken } = await asks()
  const look = () => home.another().keys.rotateWhenDue()
  await pretend(sql`UPDATE identity.signing_keys SET created_at = now() - interval '89 days 23 hours'`)
  await look()
  expect(await keysInTable()).toHaveLength(1)
  await pretend(sql`UPDATE identity.signing_keys SET created_at = now() - interval '90 days 1 s'`)
  await Promise.all([look(), look(), look(), look()])
  const [old, made] = await keysInTable()
  expect(await keysInTable()).toHaveLength(2)
  expect([old?.kid, old?.retired, made?.retired]).toEqual([kidOf(accessToken), true, false])
  expect(await auditOf(home.database, made?.kid ?? '')).toEqual(['signing-key.rotated'])
})

test.each(Object.keys(places) as (keyof typeof places)[])('rotation works as the role of a %s', async (place) => {
  const there = await openTestIdentity(place)
  const { email } = await there.aPerson()
  const { accessToken } = await there.identity.signIn({ email, password }, visitor)
  const principal = await there.identity.authenticate(accessToken)
  if (principal === undefined) throw new Error('the session is over')
  const [one, other] = await Promise.all([1, 2].map(() => there.identity.keys.rotate(principal, visitor)))
  expect(one).toBeDefined()
  expect(other).toBeDefined()
  await there.database.drop()
})
