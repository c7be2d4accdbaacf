import { z } from 'zod'
import { heldRole, principalOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { one, sql, withScope, type Db } from '@platen/kit/sql'

/** Who is signed in to the console. */
export function registerAccountRoutes(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/auth/me',
    config: { policy: { kind: 'authenticated' } },
    schema: {
      tags: ['auth'],
      summary: 'Who you are, in which organisation, with what rights',
      response: {
        200: z.strictObject({
          user: z.strictObject({ id: z.uuid(), email: z.string(), name: z.string(), roles: z.array(heldRole) }),
          tenant: z.strictObject({ id: z.uuid(), name: z.string(), slug: z.string() }),
          operator: z.boolean(),
          permissions: z.array(z.string()),
        }),
      },
    },
    handler: async (request) => {
      const { userId, email, name, roles, tenantId, operator, permissions } = principalOf(request)
      const tenant = await withScope(db, { tenantId }, (tx) =>
        one(
          tx,
          sql<{
            id: string
            name: string
            slug: string
          }>`SELECT id, name, slug FROM manager.tenants WHERE id = ${tenantId}`,
        ),
      )
      return { user: { id: userId, email, name, roles: [...roles] }, tenant, operator, permissions: [...permissions] }
    },
  })
}
