/**
 * Where a page ended: the sort values of its last row, and a mark of the query that they belong to. Opaque to clients and not
 * secret: whoever forges one only chooses where in their own list to go on.
 */
import { createHash } from 'node:crypto'

const VERSION = 1
const MOST_KEYS = 8

/** Exact text of each sort column; null where the column is. */
export type CursorKeys = readonly (string | null)[]

/** @param query all that decides which rows come in which order */
export function writeCursor(query: unknown, keys: CursorKeys): string {
  return Buffer.from(JSON.stringify([VERSION, markOf(query), ...keys])).toString('base64url')
}

/** The keys, or in what way this is no cursor of this query. */
export function readCursor(query: unknown, cursor: string): CursorKeys | 'malformed' | 'of-another-query' {
  const [version, mark, ...keys] = parse(cursor)
  if (version !== VERSION || keys.length === 0 || keys.length > MOST_KEYS || !keys.every(isKey)) return 'malformed'
  return mark === markOf(query) ? keys : 'of-another-query'
}

function parse(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function isKey(key: unknown): key is string | null {
  return key === null || typeof key === 'string'
}

function markOf(query: unknown): string {
  return createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16)
}
