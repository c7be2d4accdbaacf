import { expect, test } from 'vitest'
import { aBench, runnerConformance } from './conformance.ts'
import { MemoryRunner } from './memory.ts'

runnerConformance('memory', async () => {
  const runner = new MemoryRunner()
  return { runner, print: async (...printed) => runner.print(...printed), close: async () => {} }
})

test('an injected fault after the effect leaves the bench running', async () => {
  const runner = new MemoryRunner()
  runner.faults.inject('ensureBench', { when: 'after' })
  await expect(runner.ensureBench(aBench({ name: 'x' }))).rejects.toMatchObject({ kind: 'unavailable' })
  expect((await runner.describe()).map((process) => process.name)).toEqual(['bench-x-1'])
})

test('a crash loop can be shown', async () => {
  const runner = new MemoryRunner()
  await runner.ensureBench(aBench({ name: 'x' }))
  runner.setState('bench-x-1', 'crash-loop')
  expect((await runner.describe())[0]).toMatchObject({ state: 'crash-loop', healthy: false })
})
