import { decodeProtectedHeader } from 'jose'
import { newId } from '@platen/kit/ids'
import { expect, test } from 'vitest'
import { createTokenKeys } from '../keys/access-tokens.ts'
import { openTestIdentity, password, visitor } from '../testing/identity.ts'

const kidOf = (token: string): string => String(decodeProtectedHeader(token).kid)

test('a signing key is rotated under load and no token fails (attack 15)', { timeout: 60_000 }, async () => {
  // The real times in the same proportion, made shorter: read every 100 ms, sign after 1 s.
  const timing = { readEveryMs: 100, leadSeconds: 1, overlapSeconds: 20 }
  const home = await openTestIdentity('site')
  const { email } = await home.aPerson()
  const principal = await home.identity.authenticate(
    (await home.identity.signIn({ email, password }, visitor)).accessToken,
  )
  if (principal === undefined) throw new Error('the session is over')
  const processes = Array.from({ length: 3 }, () =>
    createTokenKeys({ db: home.db, vault: home.vault, issuer: 'i', audience: 'a', timing }),
  )
  const claims = { accountId: newId(), tenantId: newId(), sessionId: newId() }
  const kids = new Set<string>()
  let failures = 0
  let verified = 0
  let isOver = false
  const load = processes.map(async (signing, index) => {
    while (!isOver) {
      const token = await signing.sign(claims)
      kids.add(kidOf(token))
      for (const verifying of processes) {
        if ((await verifying.verify(token)) === undefined) failures += 1
        else verified += 1
      }
      if (index === 0) await new Promise(setImmediate)
    }
  })
  const made: string[] = []
  for (let round = 1; round <= 3; round += 1) {
    made.push(await home.identity.keys.rotate(principal, visitor))
    const until = performance.now() + 10_000
    while (!kids.has(made.at(-1) ?? '') && performance.now() < until) await new Promise(setImmediate)
  }
  isOver = true
  await Promise.all(load)
  expect(failures).toBe(0)
  expect(verified).toBeGreaterThan(100)
  expect(made.every((kid) => kids.has(kid))).toBe(true)
  await home.database.drop()
})
