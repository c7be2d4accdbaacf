import { z } from 'zod'

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

/** `querystring: pageQuery` or `pageQuery.extend({...})`: how many, and where the last page ended. */
export const pageQuery = z.strictObject({
  limit: z
    .string()
    .regex(/^[0-9]{1,4}$/, 'must be a whole number from 1 to 200')
    .transform(Number)
    .pipe(z.int().min(1).max(200))
    .default(50),
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
