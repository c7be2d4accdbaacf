import { Readable } from 'node:stream'

export type CsvValue = string | number | bigint | boolean | Date | null | undefined

/** RFC 4180 says CRLF after every line, the last one too. */
const lineEnd = '\r\n'
/** Without it spreadsheets read UTF-8 as something else. */
const byteOrderMark = '\ufeff'
/** What a spreadsheet takes for the beginning of a formula, also after blanks and as a full-width form. */
const formula = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|^[\t\r\n]/
/** Money arrives as text; a negative amount is no formula. */
const plainNumber = /^-?\d+(?:\.\d+)?$/
const needsQuotes = /[",\r\n]|^\s|\s$/
/** Characters that travel together. */
const chunkLength = 64 * 1024

/**
 * One line with its end. Text that a spreadsheet would run as a formula gets an apostrophe in front, so that it stays text; numbers are
 * left as they are.
 */
export const csvLine = (values: readonly CsvValue[]): string => `${values.map(fieldOf).join(',')}${lineEnd}`

/** A whole file as a stream, in constant memory: `header`, then a line for each of `records`, read only as fast as somebody takes them. */
export function csvStream(
  header: readonly string[],
  records: AsyncIterable<readonly CsvValue[]> | Iterable<readonly CsvValue[]>,
): Readable {
  return Readable.from(chunksOf(header, records), { objectMode: false })
}

async function* chunksOf(
  header: readonly string[],
  records: AsyncIterable<readonly CsvValue[]> | Iterable<readonly CsvValue[]>,
): AsyncGenerator<Buffer> {
  let chunk = byteOrderMark + csvLine(header)
  for await (const record of records) {
    chunk += csvLine(record)
    if (chunk.length < chunkLength) continue
    yield Buffer.from(chunk)
    chunk = ''
  }
  yield Buffer.from(chunk)
}

function fieldOf(value: CsvValue): string {
  if (value === null || value === undefined) return ''
  if (value instanceof Date) return value.toISOString()
  if (typeof value !== 'string') return String(value)
  const text = formula.test(value) && !plainNumber.test(value) ? `'${value}` : value
  return needsQuotes.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
