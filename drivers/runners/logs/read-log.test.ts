import { describe, expect, test } from 'vitest'
import { parseLine, readableText } from './log-line.ts'
import type { LogSegment } from './log-segments.ts'
import { readSegments } from './read-log.ts'

function segmentOf(number: number, text: string, isWritten = false): LogSegment & { reads: number[] } {
  const bytes = Buffer.from(text)
  const reads: number[] = []
  const read = async (offset: number, length: number) => {
    reads.push(length)
    return bytes.subarray(offset, offset + length)
  }
  return { number, sizeBytes: bytes.length, isWritten, read, reads }
}

const numbered = (count: number) =>
  Array.from({ length: count }, (_, index) => `line ${index} ${'é'.repeat(index % 90)}`)
const tiny = { scannedBytes: 1, timeMs: 10_000, answeredBytes: 1e9 }

describe('a long log', () => {
  const lines = numbered(9_000)
  const half = lines.length / 2
  const segments = [
    segmentOf(3, `${lines.slice(0, half).join('\n')}\n`),
    segmentOf(4, `${lines.slice(half).join('\n')}\n`, true),
  ]

  test('is read backwards to its beginning, each line once, whatever a call may scan', async () => {
    const found: string[] = []
    for (let before: string | null | undefined; before !== null;) {
      const page = await readSegments(segments, { before, limit: 500 }, tiny)
      found.unshift(...page.lines.map(({ message }) => message))
      before = page.older
    }
    expect(found).toEqual(lines)
  })

  test('is read forwards to its end, each line once', async () => {
    const found: string[] = []
    for (let after = '0-0'; ;) {
      const page = await readSegments(segments, { after, limit: 500 }, tiny)
      found.push(...page.lines.map(({ message }) => message))
      if (page.newer === after) break
      after = page.newer
    }
    expect(found).toEqual(lines)
  })

  test('is searched a part at a time, with a place to go on from', async () => {
    const calls: number[] = []
    for (let before: string | null | undefined; before !== null;) {
      const page = await readSegments(segments, { before, search: 'line 7 ' }, tiny)
      calls.push(page.lines.length)
      before = page.older
    }
    expect(calls.length).toBeGreaterThan(2)
    expect(calls.reduce((sum, count) => sum + count)).toBe(1)
  })

  test('costs reads of a bounded size', async () => {
    await readSegments(segments, { search: 'nothing like it' })
    expect(Math.max(...segments.flatMap(({ reads }) => reads))).toBeLessThanOrEqual(256 * 1024)
  })
})

test('a line of more than 256 KB is cut, and its neighbours are whole', async () => {
  const segments = [segmentOf(1, `before\n${'x'.repeat(1_500_000)}\nafter\n`, true)]
  for (const query of [{}, { after: '0-0' }]) {
    const { lines } = await readSegments(segments, query)
    expect(lines.map(({ message }) => message.slice(0, 6))).toEqual(['before', 'xxxxxx', 'after'])
    expect(lines[1]?.message.length).toBeLessThan(20_000)
  }
})

test('a line that is being written is left for later', async () => {
  const query = { after: (await readSegments([segmentOf(1, 'one\ntw', true)])).newer }
  expect((await readSegments([segmentOf(1, 'one\ntwo\n', true)], query)).lines).toMatchObject([{ message: 'two' }])
})

test('a line that says to be of the site in a text it quotes is not of the site', async () => {
  const forged = JSON.stringify({ level: 'info', msg: 'x', path: '/"site":"a"', site: 'b' })
  expect((await readSegments([segmentOf(1, `${forged}\n`, true)], { site: 'a' })).lines).toEqual([])
})

describe('a line of PostgreSQL', () => {
  test('tells its time, level, user and database', () => {
    const text = '2026-01-31 12:00:00.123 UTC [42] app@site_1 bench ERROR:  relation "x" does not exist at character 15'
    expect(parseLine('1-0', text)).toMatchObject({
      at: '2026-01-31T12:00:00.123Z',
      level: 'error',
      message: 'relation "x" does not exist at character 15',
      fields: { pid: 42, user: 'app', database: 'site_1' },
    })
  })

  test.each([
    ['2026-01-31 12:00:00.123 UTC [42] LOG:  checkpoint starting: time', 'info', 'checkpoint starting: time'],
    ['2026-01-31 12:00:00.123 UTC [42] a@b c STATEMENT:  SELECT 1', 'info', 'STATEMENT: SELECT 1'],
    ['\tFROM x', 'info', '\tFROM x'],
    ['no line of theirs', null, 'no line of theirs'],
  ])('%j is of level %s', (text, level, message) => {
    expect(parseLine('1-0', text)).toMatchObject({ level, message })
  })

  test('is shown without the passwords in it', () => {
    const text = `STATEMENT:  CREATE ROLE a LOGIN PASSWORD 'it''s canary'; -- postgres://u:canary@h/d`
    expect(readableText(text)).not.toContain('canary')
  })
})
