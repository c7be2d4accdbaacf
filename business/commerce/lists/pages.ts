/** Keyset pages: newest first by id (a uuid v7 sorts by creation), so page 1,000 costs what page 1 costs. */
import { isId } from '@platen/kit/ids'
import { kitProblems } from '@platen/kit/problems'
import { z } from 'zod'

/** What a list may be searched with. */
export const searchQuery = z
  .string()
  .max(100)
  .regex(/^\P{Cc}*$/u, 'must not contain control characters')
  .optional()

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

/** The id a page starts behind; null for the first page. */
export function readCursor(cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  const id = Buffer.from(cursor, 'base64url').toString('utf8')
  if (isId(id)) return id
  throw kitProblems.problem('request-invalid', 'The cursor is not one that this list gave.', {
    errors: [{ pointer: '/query/cursor', message: 'must be the nextCursor of an earlier page' }],
  })
}

/** Makes a page of rows that were read with a limit one above the page's. */
export function toPage<Item extends { id: string }>(rows: readonly Item[], limit: number): Page<Item> {
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  const nextCursor = rows.length > limit && last ? Buffer.from(last.id).toString('base64url') : null
  return { items, nextCursor }
}
