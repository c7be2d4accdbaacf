import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { siteDatabaseName } from '@platen/kit/names'
import { withScope, type Tx } from '@platen/kit/sql'
import { foldEmail, principalOf } from '@platen/identity'
import { idempotent } from '../idempotency/index.ts'
import { findPlan, type PlanRow } from '../plans/index.ts'
import { scopeOf } from '../scope.ts'
import { beginOperation, startedAnswer, type SiteRoutesOptions } from './begin-operation.ts'
import { createSite } from './create-site.ts'
import { siteProblems } from './problems.ts'
import { siteNameRefusal } from './site-name.ts'
import { siteSecretContext } from './site-deps.ts'
import { insertSite } from './site-store.ts'

/** Below this much free disk no site is created: running sites need the rest. */
export const freeDiskFloorBytes = 1024 ** 3

const newSiteBody = z.strictObject({
  name: z.string().max(300).meta({ example: 'my-shop' }),
  plan: z.string().max(63).optional().meta({ description: 'Name of a plan; the first one when absent' }),
  adminEmail: z.email().max(320),
})
type NewSiteBody = z.infer<typeof newSiteBody>

/** POST /sites: reserves the name and starts the operation that builds the site. */
export function registerSiteCreation(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/sites',
    config: {
      policy: { kind: 'permission', permission: 'sites.create' },
      problems: [
        'site-name-invalid',
        'site-name-reserved',
        'site-name-taken',
        'site-quota-reached',
        'plan-unknown',
        'disk-space-low',
      ],
      idempotent: true,
    },
    schema: {
      tags: ['sites'],
      summary: 'Create a site',
      body: newSiteBody,
      response: { 202: startedAnswer },
    },
    handler: async (request, reply) => {
      refuseName(request.body.name)
      const principal = principalOf(request)
      const answer = await withScope(options.db, scopeOf(principal), (tx) =>
        idempotent(tx, request, async () => ({
          status: 202,
          body: await beginSite(tx, request, options),
        })),
      )
      return reply.code(202).send(answer.body)
    },
  })
}

function refuseName(name: string): void {
  const refusal = siteNameRefusal(name)
  if (refusal === undefined) return
  throw siteProblems.problem(refusal.code, refusal.detail, { errors: [{ pointer: '/name', message: refusal.detail }] })
}

async function beginSite(tx: Tx, request: FastifyRequest & { body: NewSiteBody }, options: SiteRoutesOptions) {
  const { tenantId } = principalOf(request)
  const { name, plan: planName, adminEmail } = request.body
  const plan = await requirePlan(tx, planName)
  const adminName = adminEmail.split('@')[0] ?? adminEmail
  const wanted = { tenantId, name, planId: plan.id, adminEmail: foldEmail(adminEmail), adminName }
  const siteId = await reserveSite(tx, wanted, options)
  const changes = { name, plan: plan.name }
  const beginning = { definition: createSite, input: { siteId }, action: 'site.requested', changes }
  return beginOperation(tx, request, beginning, options)
}

/** A row, a name and secrets for a site that an operation will build; every rule about names, quota and room is checked here. */
export async function reserveSite(
  tx: Tx,
  wanted: { tenantId: string; name: string; planId: string; adminEmail: string; adminName: string },
  options: SiteRoutesOptions,
): Promise<string> {
  refuseName(wanted.name)
  // Here and not before an idempotency key is looked up: the answer to a repeated request must not depend on today's disk.
  await refuseFullDisk(options)
  const siteId = newId()
  await insertSite(tx, {
    ...wanted,
    id: siteId,
    host: options.siteHost(wanted.name),
    databaseName: siteDatabaseName(siteId),
    sealedSecret: options.vault.seal(randomBytes(32), siteSecretContext(siteId)),
  })
  return siteId
}

/** `disk-space-low` (507) when less than the floor would be left beside `neededBytes`. */
export async function refuseFullDisk({ freeDiskBytes }: SiteRoutesOptions, neededBytes = 0): Promise<void> {
  const freeBytes = await freeDiskBytes()
  const floorBytes = freeDiskFloorBytes + Math.ceil(neededBytes)
  if (freeBytes >= floorBytes) return
  const needed = neededBytes === 0 ? '' : `, ${Math.ceil(neededBytes)} are needed`
  const detail = `${freeBytes} bytes are free${needed}, ${freeDiskFloorBytes} are kept for running sites. Nothing was created.`
  throw siteProblems.problem('disk-space-low', detail, { extensions: { freeBytes, floorBytes } })
}

async function requirePlan(tx: Tx, name: string | undefined): Promise<PlanRow> {
  const plan = await findPlan(tx, name)
  if (plan !== undefined) return plan
  throw siteProblems.problem('plan-unknown', `No plan is called "${name ?? ''}". Nothing was created.`, {
    errors: [{ pointer: '/plan', message: 'is not one of the plans' }],
  })
}
