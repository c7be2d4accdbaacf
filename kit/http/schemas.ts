import { z } from 'zod'
import { limitSchema } from '../lists/index.ts'

/**
 * `headers: idempotencyKeyHeader` on a route that creates something. The key is opaque: 1 to 255 visible ASCII characters. Whoever
 * stores keys (manager, commerce) scopes them to the caller and answers idempotency-key-reused or idempotency-key-in-use.
 */
export const idempotencyKeyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .max(255, 'The Idempotency-Key has more than 255 characters.')
    .regex(/^[\x21-\x7e]+$/, 'The Idempotency-Key may contain visible ASCII characters only.')
    .optional(),
})

/** For what is paged outside PostgreSQL (an inbox of mails); every list of rows is a `defineList` of kit/lists. */
export const pageQuery = z.strictObject({
  limit: limitSchema,
  cursor: z
    .string()
    .max(500)
    .regex(/^[A-Za-z0-9_-]+$/, 'is not a cursor that this API gave')
    .optional(),
})

/** `{items: [...], nextCursor}`; null is the end. */
export function pageOf<Item extends z.ZodType>(item: Item) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() })
}
