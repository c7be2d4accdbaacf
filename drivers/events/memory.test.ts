import { expect, test } from 'vitest'
import { eventTargetConformance, someEvents } from './conformance.ts'
import { MemoryEventTarget } from './memory.ts'

eventTargetConformance('memory', async () => {
  const target = new MemoryEventTarget()
  return {
    target,
    arrived: async (place) => target.published.filter((event) => event.place === place),
    close: () => target.close(),
  }
})

test('an answer that gets lost leaves the events there', async () => {
  const target = new MemoryEventTarget()
  target.faults.inject('publish', { when: 'after' })
  await expect(target.publish(someEvents(2))).rejects.toMatchObject({ kind: 'unavailable' })
  expect(target.published).toHaveLength(2)
})
