import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import type { Db } from '@platen/kit/sql'
import { listPlans } from './plan-store.ts'

const planSchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    title: z.string(),
    price: z.strictObject({ amount: z.string(), currency: z.string() }),
    maxStorageBytes: z.number().int(),
    maxUsers: z.number().int(),
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
    handler: async () => ({
      items: (await listPlans(db)).map((plan) => ({
        id: plan.id,
        name: plan.name,
        title: plan.title,
        price: { amount: formatCents(plan.price_cents), currency: plan.currency },
        maxStorageBytes: Number(plan.max_storage_bytes),
        maxUsers: plan.max_users,
      })),
      nextCursor: null,
    }),
  })
}

const formatCents = (cents: bigint): string => `${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`
