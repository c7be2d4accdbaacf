import { z } from 'zod'
import { limitSchema } from '../lists/index.ts'

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
