import { ProcessRunner } from '@platen/drivers/runners'
import { runnerConformance } from '@platen/drivers/runners/conformance'
import { expect, test } from 'vitest'
import { aPlatform } from './testing/start-platform.ts'

runnerConformance('process', async () => {
  const platform = await aPlatform()
  await platform.start()
  return { runner: platform.runner, close: () => platform.remove() }
})

test('without a supervisor the runner is unavailable, and check says so instead of throwing', async () => {
  const runner = new ProcessRunner({ socketPath: '/nonexistent/supervisor.sock' })
  await expect(runner.describe()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  expect(await runner.check()).toEqual({ ok: false, detail: 'the supervisor does not answer: is Platen running?' })
})
