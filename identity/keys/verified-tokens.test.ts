import { newId } from '@platen/kit/ids'
import { eventually } from '@platen/kit/testing'
import { expect, test } from 'vitest'
import { rememberVerified } from './verified-tokens.ts'

const claims = { accountId: newId(), tenantId: newId(), sessionId: newId() }
const inAMinute = (): number => Date.now() + 60_000

test('a good token is verified once while it is kept, and again afterwards', async () => {
  let verified = 0
  const verify = rememberVerified(async () => {
    verified += 1
    return { claims, expiresAtMs: inAMinute() }
  }, 50)
  for (let count = 0; count < 20; count += 1) expect(await verify('token')).toEqual(claims)
  const atFirst = verified
  await eventually(async () => {
    await verify('token')
    return verified > atFirst
  })
  expect(atFirst).toBe(1)
})

test('what was refused is asked about every time, and another token is another question', async () => {
  const asked: string[] = []
  const verify = rememberVerified(async (token) => {
    asked.push(token)
    return token === 'good' ? { claims, expiresAtMs: inAMinute() } : undefined
  }, 60_000)
  for (const token of ['bad', 'bad', 'good', 'good', 'goof']) await verify(token)
  expect(asked).toEqual(['bad', 'bad', 'good', 'goof'])
})

test('a token is not kept past its end', async () => {
  let verified = 0
  const verify = rememberVerified(async () => {
    verified += 1
    return { claims, expiresAtMs: Date.now() - 1 }
  }, 60_000)
  await verify('token')
  await verify('token')
  expect(verified).toBe(2)
})
