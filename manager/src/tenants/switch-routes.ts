import { heldRole, principalOf, sessionAnswer, visitorOf, type Identity } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { maybe, sql, withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { tenantNotFound, tenantStates, type TenantState } from './tenant-store.ts'

const membershipSchema = z
  .strictObject({
    tenant: z.strictObject({ id: z.uuid(), name: z.string(), slug: z.string(), state: z.enum(tenantStates) }),
    roles: z.array(heldRole),
    current: z.boolean(),
  })
  .meta({ id: 'Membership' })

/** The organisations one belongs to, and going from one to another within a session. */
export function registerSwitchRoutes(app: HttpServer, { db, identity }: { db: Db; identity: Identity }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/auth/tenants',
    config: { policy: { kind: 'authenticated' }, sessionOnly: true },
    schema: {
      tags: ['auth'],
      summary: 'List the organisations you belong to, oldest membership first',
      response: { 200: z.strictObject({ items: z.array(membershipSchema), nextCursor: z.null() }) },
    },
    handler: async (request) => {
      const { accountId, tenantId: currentId } = principalOf(request)
      const items: z.infer<typeof membershipSchema>[] = []
      for (const { tenantId, roles } of await identity.memberships(accountId)) {
        const tenant = await findName(db, tenantId)
        if (tenant !== undefined) items.push({ tenant, roles, current: tenantId === currentId })
      }
      return { items, nextCursor: null }
    },
  })

  app.route({
    method: 'PUT',
    url: '/api/v1/auth/tenant',
    config: { policy: { kind: 'authenticated' }, sessionOnly: true, problems: ['tenant-not-found'] },
    schema: {
      tags: ['auth'],
      summary: 'Go on in another organisation: the session moves there, access tokens for the former one end',
      body: z.strictObject({ tenantId: z.uuid() }),
      response: { 200: sessionAnswer },
    },
    handler: async (request) => {
      const moved = await identity.switchTenant(principalOf(request), request.body.tenantId, visitorOf(request))
      if (moved === undefined) throw tenantNotFound()
      return moved
    },
  })
}

/** Row by row, each in the scope of its tenant: no policy shows one tenant's row to an account of another. */
const findName = (
  db: Db,
  tenantId: string,
): Promise<{ id: string; name: string; slug: string; state: TenantState } | undefined> =>
  withScope(db, { tenantId }, (tx) =>
    maybe(
      tx,
      sql<{
        id: string
        name: string
        slug: string
        state: TenantState
      }>`SELECT id, name, slug, state FROM manager.tenants WHERE id = ${tenantId}`,
    ),
  )
