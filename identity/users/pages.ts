import { isId } from '@platen/kit/ids'
import { kitProblems } from '@platen/kit/problems'

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
export function toPage<Item extends { id: string }>(found: readonly Item[], limit: number) {
  const items = found.slice(0, limit)
  const last = items.at(-1)
  return { items, nextCursor: found.length > limit && last ? Buffer.from(last.id).toString('base64url') : null }
}
