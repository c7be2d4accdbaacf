import { DriverError } from '../errors/index.ts'

const SEGMENT = '[a-z0-9][a-z0-9_-]{0,63}'
const KEY = new RegExp(`^${SEGMENT}(/${SEGMENT}){0,7}$`)

/**
 * Keys are made by us from ids, so the pattern can be strict: lower-case, no dot, no percent, no backslash, no empty segment.
 * Traversal, absolute paths and case-folding twins cannot be expressed.
 * @throws DriverError `refused`.
 */
export function requireKey(key: string): string {
  if (!KEY.test(key)) throw new DriverError('refused', `not an object key: ${JSON.stringify(key.slice(0, 80))}`)
  return key
}

/** A prefix is a key, with or without a final slash, or '' where `allowEmpty`. Returned without the slash. */
export function requirePrefix(prefix: string, allowEmpty = false): string {
  if (allowEmpty && prefix === '') return prefix
  return requireKey(prefix.endsWith('/') ? prefix.slice(0, -1) : prefix)
}

/** Whole segments: `sites/1` is above `sites/1/x`, not above `sites/12/x`. */
export function isUnder(prefix: string, key: string): boolean {
  return prefix === '' || key === prefix || key.startsWith(`${prefix}/`)
}
