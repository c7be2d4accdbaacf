import { appendFile, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lastLines, openLog, rotateLog } from './log-files.ts'

let directory: TemporaryDirectory
let file: string
beforeEach(async () => {
  directory = await temporaryDirectory()
  file = join(directory.path, 'logs', 'x.log')
})
afterEach(() => directory.remove())

test('a log that has grown is moved aside in place, and its writer goes on', async () => {
  const writer = await openLog(file)
  for (const round of ['one', 'two', 'three', 'four', 'five']) {
    await writer.write(`${round} ${'x'.repeat(100)}\n`)
    expect(await rotateLog(file, 50)).toBe(true)
  }
  await writer.write('after\n')
  await writer.close()
  expect(await readFile(file, 'utf8')).toBe('after\n')
  expect((await readFile(`${file}.1`, 'utf8')).slice(0, 4)).toBe('five')
  expect((await readFile(`${file}.3`, 'utf8')).slice(0, 5)).toBe('three')
  await expect(readFile(`${file}.4`)).rejects.toThrow()
})

test('a small or absent log stays as it is', async () => {
  expect(await rotateLog(file, 50)).toBe(false)
  await (await openLog(file)).close()
  expect(await rotateLog(file, 50)).toBe(false)
})

test('the last lines come oldest first, without the half one of a long file', async () => {
  expect(await lastLines(file, 5)).toEqual([])
  await (await openLog(file)).close()
  await writeFile(file, 'a\nb\nc\n')
  expect(await lastLines(file, 2)).toEqual(['b', 'c'])
  await appendFile(file, `${'y'.repeat(600_000)}\nlast`)
  expect(await lastLines(file, 10)).toEqual(['last'])
})
