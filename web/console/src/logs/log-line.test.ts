import { expect, test } from 'vitest'
import { fromSiteLine, summaryOf, type LogLine } from './log-line.ts'

const line = (fields: LogLine['fields']): LogLine => ({
  position: '1-0',
  at: null,
  level: null,
  message: 'x',
  site: null,
  operation: null,
  requestId: null,
  fields,
})

test.each([
  [{ pid: 1, method: 'GET', host: 'a.test', path: '/b', status: 200, durationMs: 1.5 }, 'GET a.test/b 200 1.5 ms'],
  [{ status: 503, problem: 'site-suspended' }, '503 site-suspended'],
  [{ err: { message: 'refused' } }, 'refused'],
  [{ pid: 1, fence: 2, silent: ['a'], end: 'left' }, 'fence=2 end=left'],
  [{}, ''],
])('of %j the summary is %j', (fields, summary) => expect(summaryOf(line(fields))).toBe(summary))

test('a line of a site has the facts that are there', () => {
  const said = { position: '1.1-0', at: null, level: null, message: 'x', requestId: null }
  const facts = { method: 'GET', path: '/a', status: 200, durationMs: null, problem: null }
  expect(fromSiteLine({ ...said, ...facts }).fields).toEqual({ method: 'GET', path: '/a', status: 200 })
})
