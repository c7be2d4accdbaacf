import { expect, test } from 'vitest'
import { hashesAtOnce, throughHashingGate } from './hashing-gate.ts'
import { verifyPassword } from './passwords.ts'

test('of many at once a few run, forty wait, and the others are told to come again', async () => {
  let running = 0
  let most = 0
  const release = Promise.withResolvers<void>()
  const work = async (): Promise<string> => {
    running += 1
    most = Math.max(most, running)
    await release.promise
    running -= 1
    return 'done'
  }
  const all = Array.from({ length: 100 }, () => throughHashingGate(work).catch((error: unknown) => error))
  release.resolve()
  const outcomes = await Promise.all(all)
  expect(most).toBe(hashesAtOnce)
  expect(outcomes.filter((outcome) => outcome === 'done')).toHaveLength(hashesAtOnce + 40)
  expect(outcomes.filter((outcome) => outcome !== 'done')).toHaveLength(60 - hashesAtOnce)
  expect(outcomes.at(-1)).toMatchObject({ code: 'sign-in-busy', status: 503, headers: { 'retry-after': '2' } })
})

test('a hash that fails gives its place back', async () => {
  const failing = Array.from({ length: 10 }, () => throughHashingGate(() => Promise.reject(new Error('no memory'))))
  expect((await Promise.allSettled(failing)).every(({ status }) => status === 'rejected')).toBe(true)
  expect(await throughHashingGate(async () => 'done')).toBe('done')
})

test('200 sign-ins at once leave room for everything else of the process', async () => {
  const flood = Promise.allSettled(Array.from({ length: 200 }, () => verifyPassword(null, 'a guess of a stranger')))
  const startedMs = performance.now()
  // What verifies an access token: a job on the same threads.
  await crypto.subtle.digest('SHA-256', new Uint8Array(16))
  expect(performance.now() - startedMs).toBeLessThan(2_000)
  const outcomes = await flood
  expect(outcomes.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(100)
})
