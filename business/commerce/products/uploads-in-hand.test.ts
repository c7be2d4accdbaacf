import { expect, test } from 'vitest'
import { MAX_UPLOADS, MAX_UPLOADS_PER_SITE, UploadsInHand } from './uploads-in-hand.ts'

/** Uploads that stay in hand until `end`; of those refused the code. */
function hold(uploads: UploadsInHand, sites: readonly string[]) {
  let end = (): void => undefined
  const ended = new Promise<void>((resolve) => (end = resolve))
  let begun = 0
  const outcomes = sites.map((site) =>
    uploads
      .take(site, async () => {
        begun += 1
        await ended
      })
      .then(
        () => 'done',
        (error: { code?: string }) => error.code ?? 'unknown',
      ),
  )
  return { end, begun: () => begun, outcomes: Promise.all(outcomes) }
}

test('60 uploads of one site at once: two are begun', async () => {
  const held = hold(
    new UploadsInHand(),
    Array.from({ length: 60 }, () => 'one'),
  )
  expect(held.begun()).toBe(MAX_UPLOADS_PER_SITE)
  held.end()
  const outcomes = await held.outcomes
  expect(outcomes.filter((outcome) => outcome === 'uploads-busy')).toHaveLength(60 - MAX_UPLOADS_PER_SITE)
})

test('60 uploads of 60 sites at once: four are begun', async () => {
  const held = hold(
    new UploadsInHand(),
    Array.from({ length: 60 }, (_, index) => `site-${index}`),
  )
  expect(held.begun()).toBe(MAX_UPLOADS)
  held.end()
  await held.outcomes
})

test('a place is free again after success and after failure', async () => {
  const uploads = new UploadsInHand()
  for (let round = 0; round < 10; round++) {
    await expect(uploads.take('one', () => Promise.reject(new Error('gone')))).rejects.toThrow('gone')
    expect(await uploads.take('one', () => Promise.resolve(round))).toBe(round)
  }
})
