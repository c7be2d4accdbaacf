import { DriverError } from '../errors/index.ts'
import type { ByteRange } from './contract.ts'

/** @throws DriverError `refused` when no byte of the object is in the range. */
export function resolveRange(range: ByteRange | undefined, sizeBytes: number): { start: number; end: number } {
  if (!range) return { start: 0, end: sizeBytes - 1 }
  const end = Math.min(range.end ?? sizeBytes - 1, sizeBytes - 1)
  const isWhole = Number.isSafeInteger(range.start) && Number.isSafeInteger(end)
  if (!isWhole || range.start < 0 || range.start > end) {
    throw new DriverError(
      'refused',
      `range ${range.start}-${range.end ?? ''} is outside of an object of ${sizeBytes} bytes`,
    )
  }
  return { start: range.start, end }
}

/**
 * The `Range` header of a request (RFC 9110, 14.2). Anything but one byte range is ignored, which the RFC allows: the caller answers
 * 200 with everything.
 * @returns undefined for 200, `unsatisfiable` for 416, else the range for 206.
 */
export function parseRangeHeader(
  header: string | undefined,
  sizeBytes: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '')
  if (!match) return undefined
  const [, first = '', last = ''] = match
  if (first === '' && last === '') return undefined
  const start = first === '' ? Math.max(0, sizeBytes - Number(last)) : Number(first)
  const end = first === '' || last === '' ? sizeBytes - 1 : Math.min(Number(last), sizeBytes - 1)
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  return start > end ? 'unsatisfiable' : { start, end }
}
