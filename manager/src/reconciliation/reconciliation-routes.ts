import { z } from 'zod'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { withScope, type Db } from '@platen/kit/sql'
import { scopeOf } from '../scope.ts'
import { differenceKinds, outcomes, remedies, scopeNames, type ScopePlan } from './difference.ts'
import { reconciliationProblems } from './problems.ts'
import type { Reconciler } from './reconciler.ts'
import { listPlans } from './reconciliation-store.ts'

export interface ReconciliationRoutesOptions {
  db: Db
  reconciler: Reconciler
}

/** A run takes a second; one that sees silent sites takes three more. */
const busyWaitMs = 3_000

const differenceSchema = z
  .strictObject({
    kind: z.enum(differenceKinds),
    subject: z.strictObject({ kind: z.string(), id: z.string(), label: z.string() }),
    tenantId: z.uuid().nullable(),
    detail: z.string(),
    remedy: z.enum(remedies).nullable(),
    firstSeenAt: z.iso.datetime(),
    outcome: z.enum(outcomes),
    message: z.string().nullable(),
  })
  .meta({ id: 'Difference' })

const planSchema = z
  .strictObject({
    scope: z.enum(scopeNames),
    ranAt: z.iso.datetime(),
    durationMs: z.int(),
    error: z.string().nullable(),
    differences: z.array(differenceSchema),
  })
  .meta({ id: 'ReconciliationPlan' })

const storedPlanSchema = planSchema
  .extend({ repairedAt: z.iso.datetime().nullable(), repairs: z.array(differenceSchema) })
  .meta({ id: 'StoredReconciliationPlan' })

const operator = { kind: 'operator' } as const

/** What is not as it should be, and what was done about it; for operators. */
export function registerReconciliationRoutes(app: HttpServer, { db, reconciler }: ReconciliationRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/reconciliation',
    config: { policy: operator },
    schema: {
      tags: ['reconciliation'],
      summary: 'List the last plan of each scope',
      response: { 200: z.strictObject({ items: z.array(storedPlanSchema), nextCursor: z.null() }) },
    },
    handler: async () => {
      const plans = await listPlans(db)
      const items = plans.map(({ repairedAt, repairs, ...plan }) => ({
        ...toAnswer(plan),
        repairedAt: repairedAt?.toISOString() ?? null,
        repairs,
      }))
      return { items, nextCursor: null }
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/reconciliation/runs',
    config: { policy: operator, problems: ['reconciliation-busy'] },
    schema: {
      tags: ['reconciliation'],
      summary: 'Compare everything now, and repair it unless it is a dry run',
      body: z.strictObject({ dryRun: z.boolean() }),
      response: { 200: z.strictObject({ dryRun: z.boolean(), plans: z.array(planSchema) }) },
    },
    handler: async (request) => {
      const { dryRun } = request.body
      const principal = principalOf(request)
      if (!dryRun) {
        await withScope(db, scopeOf(principal), (tx) =>
          appendAudit(tx, {
            tenantId: null,
            actor: actorOf(principal, visitorOf(request)),
            action: 'reconciliation.requested',
            resource: 'platform',
          }),
        )
      }
      const plans = await reconciler.run({ dryRun, insistent: !dryRun, waitMs: busyWaitMs })
      if (plans.length < scopeNames.length) {
        const missing = scopeNames.filter((name) => !plans.some(({ scope }) => scope === name))
        throw reconciliationProblems.problem('reconciliation-busy', `Somebody is at work on: ${missing.join(', ')}.`)
      }
      return { dryRun, plans: plans.map(toAnswer) }
    },
  })
}

const toAnswer = ({ scope, ranAt, durationMs, error, differences }: ScopePlan): z.infer<typeof planSchema> => ({
  scope,
  ranAt: ranAt.toISOString(),
  durationMs,
  error,
  differences,
})
