import type { LogLine, LogPage } from '@platen/drivers/runners'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cursorPattern,
  fromCursor,
  mergeNewer,
  mergeOlder,
  siteLineContains,
  toCursor,
  toSiteLine,
} from './site-log.ts'

const line = (second: number, more: Partial<LogLine> = {}): LogLine => ({
  position: `1-${second}`,
  at: new Date(second * 1000).toISOString(),
  level: 'info',
  message: 'request',
  site: 's',
  operation: null,
  requestId: null,
  fields: {},
  ...more,
})

/** A log whose lines were written at these seconds, read backwards. */
function pageOf(seconds: readonly number[], before: string | undefined, limit: number): LogPage {
  const end = before === undefined ? seconds.length : before === '0-0' ? 0 : Number(before.slice(2))
  const start = Math.max(0, end - limit)
  const lines = seconds.slice(start, end).map((second, index) => line(second, { position: `1-${start + index}` }))
  return {
    lines,
    older: start === 0 ? null : `1-${start}`,
    newer: `1-${end}`,
    reachedAt: lines[0]?.at ?? null,
  }
}

/** All lines of these logs, page after page, oldest first. */
function readAll(logs: readonly (readonly number[])[], limit: number) {
  const found: ReturnType<typeof mergeOlder>['lines'] = []
  let places: ReadonlyMap<number, string> | null = new Map()
  for (let calls = 0; places !== null && calls < 500; calls += 1) {
    const given: ReadonlyMap<number, string> = places
    const pages = logs.map((log, process) => ({ process, page: pageOf(log, given.get(process), limit) }))
    const merged = mergeOlder(pages, '', limit)
    found.unshift(...merged.lines)
    places = merged.older
  }
  expect(places).toBeNull()
  return found
}

const seconds = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 40 })
const threeLogs = fc.tuple(seconds, seconds, seconds)
const limits = fc.integer({ min: 1, max: 12 })

describe('the lines of all processes', () => {
  test('come by time, each once, whatever the size of a page', () => {
    fc.assert(
      fc.property(threeLogs, limits, (logs, limit) => {
        const byTime = logs.map((log) => log.toSorted((one, other) => one - other))
        const expected = byTime.flat().toSorted((one, other) => one - other)
        expect(readAll(byTime, limit).map(({ at }) => at)).toEqual(expected.map((second) => line(second).at))
      }),
    )
  })

  test('come each once, in the order of their process, when clocks go back', () => {
    fc.assert(
      fc.property(threeLogs, limits, (logs, limit) => {
        const found = readAll(logs, limit).map(({ position }) => position)
        for (const [process, log] of logs.entries())
          expect(found.filter((position) => position.startsWith(`${process}.`))).toEqual(
            log.map((_, index) => `${process}.1-${index}`),
          )
      }),
    )
  })

  test('go on later where they ended, also in a process that had nothing to say', () => {
    const pages = [
      { process: 1, page: { lines: [line(5)], older: null, newer: '1-6', reachedAt: null } },
      { process: 2, page: { lines: [line(3)], older: null, newer: '1-4', reachedAt: null } },
      { process: 3, page: { lines: [], older: null, newer: '1-0', reachedAt: null } },
    ]
    const { lines, newer } = mergeNewer(pages, '')
    expect(lines.map(({ position }) => position)).toEqual(['2.1-3', '1.1-5'])
    expect(toCursor(newer)).toBe('1.1-6~2.1-4~3.1-0')
    expect(toCursor(newer)).toMatch(cursorPattern)
    expect(fromCursor(toCursor(newer))).toEqual(newer)
  })
})

describe('a line as a tenant sees it', () => {
  const raw = line(1, {
    level: 'error',
    message: 'request failed',
    requestId: 'r1',
    operation: 'o1',
    fields: { pid: 42, status: 500, method: 'GET', path: '/a', err: { stack: 'at canary' }, clientAddress: '10.0.0.1' },
  })

  test('has what is about the request and nothing of the platform', () => {
    expect(toSiteLine(2, raw)).toEqual({
      position: '2.1-1',
      at: raw.at,
      level: 'error',
      message: 'request failed',
      requestId: 'r1',
      method: 'GET',
      path: '/a',
      status: 500,
      durationMs: null,
      problem: null,
    })
  })

  test('is found by what is shown, and not by what is hidden', () => {
    const shown = toSiteLine(1, raw)
    expect(['FAILED', '500', '/a', 'r1'].map((text) => siteLineContains(shown, text))).toEqual([true, true, true, true])
    expect(['canary', '10.0.0.1', 'stack', '42'].map((text) => siteLineContains(shown, text))).not.toContain(true)
  })
})
