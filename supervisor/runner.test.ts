import { appendFile } from 'node:fs/promises'
import { ProcessRunner } from '@platen/drivers/runners'
import { runnerConformance } from '@platen/drivers/runners/conformance'
import { dataPaths } from '@platen/kit/names'
import { expect, test } from 'vitest'
import { aPlatform } from './testing/start-platform.ts'

runnerConformance('process', async () => {
  const platform = await aPlatform()
  await platform.start()
  const print = (program: string, ...lines: string[]) =>
    appendFile(dataPaths(platform.dataDirectory).log(program), lines.map((line) => `${line}\n`).join(''))
  return { runner: platform.runner, print, close: () => platform.remove() }
})

test('without a supervisor the runner is unavailable, and check says so instead of throwing', async () => {
  const runner = new ProcessRunner({ socketPath: '/nonexistent/supervisor.sock' })
  await expect(runner.describe()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  expect(await runner.check()).toEqual({ ok: false, detail: 'the supervisor does not answer: is Platen running?' })
})
