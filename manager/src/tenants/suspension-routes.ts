import { actorOf, principalOf, visitorOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { tenantProblems } from './problems.ts'
import { resumeTenant, suspendTenant } from './suspend-tenant.ts'
import { tenantParams } from './tenant-routes.ts'
import type { SiteMover } from './tenant-sites.ts'
import { requireTenant } from './tenant-store.ts'
import { tenantSchema, toTenantAnswer } from './tenant-view.ts'

const movedAnswer = z.strictObject({
  tenant: tenantSchema,
  operationIds: z.array(z.uuid()).meta({ description: 'Of the sites that begin at once; others follow by themselves' }),
})

/** Shutting an organisation out with its sites, and letting it in again. */
export function registerSuspensionRoutes(app: HttpServer, { db }: { db: Db }): void {
  const answer = (request: FastifyRequest, id: string, move: (tx: Tx, mover: SiteMover) => Promise<string[]>) =>
    withScope(db, scopeOf(principalOf(request)), async (tx) => {
      const operationIds = await move(tx, moverOf(request))
      return { tenant: toTenantAnswer(await requireTenant(tx, id)), operationIds }
    })

  app.route({
    method: 'PUT',
    url: '/api/v1/tenants/:id/suspension',
    config: { policy: { kind: 'operator' }, problems: ['tenant-not-found', 'tenant-suspension-refused'] },
    schema: {
      tags: ['tenants'],
      summary: 'Suspend an organisation: its people are shut out, its sites are suspended',
      params: tenantParams,
      body: z.strictObject({ reason: z.string().trim().max(500).optional() }).nullish(),
      response: { 202: movedAnswer },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const { tenantId } = principalOf(request)
      if (id === tenantId)
        throw tenantProblems.problem('tenant-suspension-refused', 'You are in this organisation. Nothing was changed.')
      const reason = request.body?.reason ?? null
      return reply.code(202).send(await answer(request, id, (tx, mover) => suspendTenant(tx, id, reason, mover)))
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/v1/tenants/:id/suspension',
    config: { policy: { kind: 'operator' }, problems: ['tenant-not-found'] },
    schema: {
      tags: ['tenants'],
      summary: 'Let an organisation in again, and resume the sites that were suspended with it',
      params: tenantParams,
      response: { 202: movedAnswer },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      return reply.code(202).send(await answer(request, id, (tx, mover) => resumeTenant(tx, id, mover)))
    },
  })
}

function moverOf(request: FastifyRequest): SiteMover {
  const principal = principalOf(request)
  return { accountId: principal.accountId, actor: actorOf(principal, visitorOf(request)) }
}
