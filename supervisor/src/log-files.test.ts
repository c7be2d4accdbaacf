import { readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { readSegments, type LogQuery } from '@platen/drivers/runners'
import { temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listLogs, openLog, rotateLog, withSegments } from './log-files.ts'

let directory: TemporaryDirectory
let file: string
beforeEach(async () => {
  directory = await temporaryDirectory()
  file = join(directory.path, 'logs', 'x.log')
})
afterEach(() => directory.remove())

const read = (query: LogQuery) => withSegments(file, (segments) => readSegments(segments, query))
const messages = async (query: LogQuery) => (await read(query)).lines.map(({ message }) => message)

test('a log that has grown is moved aside in place, and its writer goes on', async () => {
  const writer = await openLog(file)
  for (const round of ['one', 'two', 'three', 'four', 'five']) {
    await writer.write(`${round} ${'x'.repeat(100)}\n`)
    expect(await rotateLog(file, 50)).toBe(true)
  }
  await writer.write('after\n')
  await writer.close()
  expect(await readFile(file, 'utf8')).toBe('after\n')
  expect((await readFile(`${file}.5`, 'utf8')).slice(0, 4)).toBe('five')
  expect((await readFile(`${file}.3`, 'utf8')).slice(0, 5)).toBe('three')
  await expect(readFile(`${file}.2`)).rejects.toThrow()
})

test('a small or absent log stays as it is', async () => {
  expect(await rotateLog(file, 50)).toBe(false)
  await (await openLog(file)).close()
  expect(await rotateLog(file, 50)).toBe(false)
})

test('reading goes on over what was rotated, and a position stays the same place', async () => {
  const writer = await openLog(file)
  await writer.write('one\ntwo\n')
  const two = (await read({ search: 'two' })).lines[0]?.position ?? ''
  const end = (await read({})).newer
  await rotateLog(file, 1)
  await writer.write('three\nfour\n')
  await rotateLog(file, 1)
  await writer.write('five\nhalf a li')
  await writer.close()
  expect(await messages({})).toEqual(['one', 'two', 'three', 'four', 'five'])
  expect(await messages({ after: end })).toEqual(['three', 'four', 'five'])
  expect(await messages({ after: two, limit: 2 })).toEqual(['two', 'three'])
  expect(await messages({ before: two })).toEqual(['one'])
  expect(await read({ before: two })).toMatchObject({ older: null })
})

test('a position that was rotated out is the nearest end', async () => {
  await (await openLog(file)).close()
  await writeFile(file, 'one\n')
  const { newer } = await read({ before: '1-0' })
  for (const text of ['two\n', 'three\n', 'four\n', 'five\n']) {
    await rotateLog(file, 1)
    await writeFile(file, text)
  }
  expect(await messages({ after: newer, limit: 1 })).toEqual(['two'])
  expect(await read({ before: newer })).toMatchObject({ lines: [], older: null })
  expect(await messages({ before: '99-0', limit: 1 })).toEqual(['five'])
  expect(await messages({ after: '99-0' })).toEqual([])
})

test('the logs of a folder are those named after a program', async () => {
  expect(await listLogs(dirname(file))).toEqual([])
  await (await openLog(file)).close()
  expect(await listLogs(dirname(file))).toEqual([{ program: 'x', sizeBytes: 0, newestAt: null }])
  await writeFile(file, 'one\n')
  await rotateLog(file, 1)
  await writeFile(join(dirname(file), 'Not a log.log'), 'x')
  expect(await listLogs(dirname(file))).toEqual([{ program: 'x', sizeBytes: 4, newestAt: expect.any(String) }])
})
