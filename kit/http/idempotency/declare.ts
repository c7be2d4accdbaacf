import type { FastifyInstance } from 'fastify'
import { z } from 'zod'

/** The key is opaque: 1 to 255 visible ASCII characters. */
const idempotencyKeyHeader = z.looseObject({
  'idempotency-key': z
    .string()
    .max(255, 'The Idempotency-Key has more than 255 characters.')
    .regex(/^[\x21-\x7e]+$/, 'The Idempotency-Key may contain visible ASCII characters only.')
    .optional()
    .meta({
      description:
        'Repeating the request with the same key within 24 hours gives the first answer and has no second effect.',
      example: 'b1946ac9-2f5c-4b0e-9c1e-1d0f6a6f2b11',
    }),
})

const PROBLEMS = ['idempotency-key-in-use', 'idempotency-key-reused']

/** Gives the routes that say `idempotent: true` their header and problems. Before other hooks that look at routes. */
export function declareIdempotency(app: FastifyInstance): void {
  app.addHook('onRoute', (route) => {
    if (route.config?.idempotent !== true) return
    if (route.schema?.headers !== undefined)
      throw new Error(`Route ${route.url} is idempotent and has headers of its own`)
    route.schema = { ...route.schema, headers: idempotencyKeyHeader }
    route.config = { ...route.config, problems: [...(route.config.problems ?? []), ...PROBLEMS] }
  })
}
