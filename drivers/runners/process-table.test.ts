import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { eventually } from '@platen/kit/testing'
import { expect, test } from 'vitest'
import {
  isAlive,
  readProcess,
  residentBytes,
  signalProcess,
  startedAt,
  waitUntilGone,
  workingDirectory,
} from './process-table.ts'

test('our own process is read with its command line, start, memory and folder', async () => {
  const entry = await readProcess(process.pid)
  expect(entry).toMatchObject({ pid: process.pid, parentPid: process.ppid })
  expect(entry?.commandLine[0]).toContain('node')
  if (entry) expect(Math.abs((await startedAt(entry)).getTime() - performance.timeOrigin)).toBeLessThan(5_000)
  expect(await residentBytes(process.pid)).toBeGreaterThan(10_000_000)
  expect(await workingDirectory(process.pid)).toBe(process.cwd())
})

test('a name with brackets and blanks does not confuse the reader', async () => {
  const child = spawn(process.execPath, ['-e', `process.title = 'a) Z (b'; setInterval(() => {}, 1000)`])
  await once(child, 'spawn')
  await eventually(async () => (await readProcess(child.pid ?? 0))?.commandLine[0]?.startsWith('a) Z'))
  expect(await readProcess(child.pid ?? 0)).toMatchObject({
    parentPid: process.pid,
    state: expect.stringMatching(/[RSD]/),
  })
  child.kill('SIGKILL')
  expect(await waitUntilGone(child.pid ?? 0, 5_000)).toBe(true)
  // Gone for us as soon as it is a zombie; for the kernel when its parent, this process, has heard of it.
  await eventually(() => child.signalCode === 'SIGKILL')
  expect(signalProcess(child.pid ?? 0, 'SIGTERM')).toBe(false)
})

test('a process that does not exist is not alive', async () => {
  expect(await isAlive(2 ** 22 + 1)).toBe(false)
})
