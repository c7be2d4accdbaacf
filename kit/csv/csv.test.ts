import { expect, test } from 'vitest'
import { csvLine, csvStream } from './index.ts'

test.each([
  ['plain values', ['a', 1, -2.5, 3n, true, null, undefined], 'a,1,-2.5,3,true,,\r\n'],
  ['a date in UTC', [new Date('2026-11-28T05:00:00Z')], '2026-11-28T05:00:00.000Z\r\n'],
  ['commas, quotes and line ends in quotes', ['a,b', 'say "hi"', 'x\r\ny'], '"a,b","say ""hi""","x\r\ny"\r\n'],
  ['blanks at an end in quotes', [' a', 'b '], '" a","b "\r\n'],
  ['a negative amount as it is', ['-1.50'], '-1.50\r\n'],
  ['nothing as an empty line', [], '\r\n'],
])('a line writes %s', (_what, values, line) => expect(csvLine(values)).toBe(line))

test.each([
  '=1+1',
  '+33 1 23 45 67 89',
  '-1+2',
  '@SUM(A1)',
  '\tx',
  '\rx',
  '  =cmd()',
  '＝1+1',
  '=HYPERLINK("http://evil")',
])('text that a spreadsheet would run stays text: %j', (text) => {
  const [field = ''] = csvLine([text]).split('\r\n', 1)
  expect(field.replace(/^"/, '')).toMatch(/^'/)
})

test('a file begins with the mark of its encoding and its header', async () => {
  const whole = await csvStream(['id', 'name'], [[1, 'Zoë']]).toArray()
  expect(Buffer.concat(whole).toString()).toBe('\ufeffid,name\r\n1,Zoë\r\n')
})

test('records are read only as fast as they are taken', async () => {
  let made = 0
  function* records() {
    for (; made < 1_000_000; made += 1) yield [made, 'x'.repeat(100)]
  }
  for await (const chunk of csvStream(['n', 'text'], records())) {
    expect(Buffer.isBuffer(chunk)).toBe(true)
    break
  }
  expect(made).toBeLessThan(10_000)
})

test('a source that fails, fails the file', async () => {
  async function* records() {
    yield [1]
    throw new Error('the database is gone')
  }
  await expect(csvStream(['n'], records()).toArray()).rejects.toThrow('the database is gone')
})
