import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { withScope, type Db } from '@platen/kit/sql'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { scopeOf } from '../scope.ts'
import { backupPolicySchema } from './backup-policy.ts'
import { listPlans, setBackupPolicy, type PlanRow } from './plan-store.ts'
import { planProblems } from './problems.ts'

const planSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    title: z.string(),
    price: z.strictObject({ amount: z.string(), currency: z.string() }),
    maxStorageBytes: z.number().int(),
    maxUsers: z.number().int(),
    backupPolicy: backupPolicySchema,
  })
  .meta({ id: 'Plan' })

export function registerPlanRoutes(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/plans',
    config: { policy: { kind: 'authenticated' } },
    schema: {
      tags: ['plans'],
      summary: 'List plans, cheapest first',
      response: { 200: z.strictObject({ items: z.array(planSchema), nextCursor: z.null() }) },
    },
    handler: async () => ({ items: (await listPlans(db)).map(toPlanAnswer), nextCursor: null }),
  })

  app.route({
    method: 'PUT',
    url: '/api/v1/plans/:id/backup-schedule',
    config: { policy: { kind: 'operator' }, problems: ['plan-not-found'] },
    schema: {
      tags: ['plans'],
      summary:
        'Say when the sites of a plan are backed up and how long that is kept; sites with a schedule of their own keep it',
      params: z.strictObject({ id: z.uuid() }),
      body: backupPolicySchema,
      response: { 200: planSchema },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      return withScope(db, scopeOf(principal), async (tx) => {
        const plan = await setBackupPolicy(tx, request.params.id, request.body)
        if (plan === undefined)
          throw planProblems.problem('plan-not-found', 'No plan has this id. Nothing was changed.')
        await appendAudit(tx, {
          tenantId: null,
          actor: actorOf(principal, visitorOf(request)),
          action: 'plan.backup-schedule-changed',
          resource: 'plan',
          resourceId: plan.id,
          changes: request.body,
        })
        return toPlanAnswer(plan)
      })
    },
  })
}

const toPlanAnswer = (plan: PlanRow): z.infer<typeof planSchema> => ({
  id: plan.id,
  name: plan.name,
  title: plan.title,
  price: { amount: formatCents(plan.price_cents), currency: plan.currency },
  maxStorageBytes: Number(plan.max_storage_bytes),
  maxUsers: plan.max_users,
  backupPolicy: plan.backup_policy,
})

const formatCents = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
