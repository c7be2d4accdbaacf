import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive } from '@platen/drivers/runners'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { AlreadyRunning, takeLock } from './lock.ts'
import { readRecords, recordOf, stopLeftovers, writeRecords } from './records.ts'

let directory: TemporaryDirectory
beforeEach(async () => {
  directory = await temporaryDirectory()
})
afterEach(() => directory.remove())

test('records survive, and a broken or absent file is an empty one', async () => {
  const file = join(directory.path, 'processes.json')
  const empty = { version: 1, benches: {}, children: [] }
  expect(await readRecords(file)).toEqual(empty)
  const records = {
    version: 1 as const,
    benches: { main: { release: 'r1', processes: 2, memoryMb: 256 } },
    children: [],
  }
  await writeRecords(file, records)
  expect(await readRecords(file)).toEqual(records)
  await writeFile(file, '{"version":1,"benches":')
  expect(await readRecords(file)).toEqual(empty)
})

test('a recorded process is stopped; one that only has its id is not', async () => {
  const child = spawn('sleep', ['600'], { detached: true, stdio: 'ignore' })
  await once(child, 'spawn')
  const record = await recordOf('x', child.pid ?? 0)
  if (!record) throw new Error('no process')
  expect(await stopLeftovers([{ ...record, startTicks: record.startTicks - 1 }], { orderlyMs: 100 })).toEqual([])
  expect(await stopLeftovers([{ ...record, commandLine: ['sleep', '601'] }], { orderlyMs: 100 })).toEqual([])
  expect(await isAlive(record.pid)).toBe(true)
  expect(await stopLeftovers([record], { orderlyMs: 2_000 })).toEqual(['x'])
  expect(await isAlive(record.pid)).toBe(false)
})

test('the lock is held by one, given back, and taken over from the dead', async () => {
  const file = join(directory.path, 'supervisor.pid')
  const release = await takeLock(file, '/data')
  await expect(takeLock(file, '/data')).rejects.toThrow(AlreadyRunning)
  await release()
  await writeFile(file, JSON.stringify({ pid: process.pid, startTicks: 1 }))
  await (
    await takeLock(file, '/data')
  )()
  await writeFile(file, 'rubbish')
  await (
    await takeLock(file, '/data')
  )()
})
