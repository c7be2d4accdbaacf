import type { FastifyRequest } from 'fastify'
import type { HttpServer } from '@platen/kit/http'
import { inTransaction } from '@platen/kit/sql'
import { z } from 'zod'
import {
  idParams,
  lineSchema,
  notFound,
  ROUTE_PREFIX,
  runIdempotentCommand,
  type CommerceContext,
  type ContextOf,
} from '../commands/index.ts'
import { quantityView, SCALE, signedQuantitySchema, toUnits } from '../money/index.ts'
import { listMovements, productExists, readLevel } from './balances.ts'
import { moveStock } from './move-stock.ts'
import { listReservations } from './reservations.ts'
import { available, type StockLevel } from './stock.ts'

const MOVEMENTS_SHOWN = 100
const RESERVATIONS_SHOWN = 100

export const stockLevelSchema = z.object({ onHand: z.string(), reserved: z.string(), available: z.string() })

const movementBody = z.strictObject({
  kind: z.enum(['receipt', 'adjustment']),
  quantity: signedQuantitySchema.describe('Signed: an adjustment below 0 takes stock away.'),
  reason: lineSchema(500).optional(),
})
const stockSchema = stockLevelSchema.extend({
  movements: z.array(
    z.object({
      id: z.uuid(),
      kind: z.enum(['receipt', 'adjustment']),
      quantity: z.string(),
      reason: z.string().nullable(),
      at: z.iso.datetime(),
      actor: z.object({ id: z.string(), label: z.string() }),
    }),
  ),
  reservations: z.array(
    z.object({ orderId: z.uuid(), orderNumber: z.string().nullable(), customerName: z.string(), quantity: z.string() }),
  ),
})
const stockAnswer = z.object({ stock: stockLevelSchema })

export function stockLevelView(level: StockLevel): z.infer<typeof stockLevelSchema> {
  return {
    onHand: quantityView(level.onHand),
    reserved: quantityView(level.reserved),
    available: quantityView(available(level)),
  }
}

export function registerStockRoutes(app: HttpServer, contextOf: ContextOf<FastifyRequest>): void {
  app.get(
    `${ROUTE_PREFIX}/products/:id/stock`,
    {
      config: { policy: { kind: 'permission', permission: 'stock.read' }, problems: ['not-found'] },
      schema: {
        tags: ['stock'],
        summary: 'Stock of a product: level, last movements, who holds it. A service has none of them.',
        params: idParams,
        response: { 200: stockSchema },
      },
    },
    async (request) => readStock(await contextOf(request), request.params.id),
  )
  app.post(
    `${ROUTE_PREFIX}/products/:id/stock-movements`,
    {
      config: {
        policy: { kind: 'permission', permission: 'stock.write' },
        problems: ['not-found', 'movement-invalid', 'product-is-service', 'stock-below-reserved'],
        idempotent: true,
      },
      schema: {
        tags: ['stock'],
        summary: 'Receive or adjust stock',
        params: idParams,
        body: movementBody,
        response: { 201: stockAnswer },
      },
    },
    async (request, reply) => {
      const { kind, quantity, reason } = request.body
      const productId = request.params.id
      const answer = await runIdempotentCommand(await contextOf(request), request, async (command) => {
        const movement = { productId, kind, quantity: toUnits(quantity, SCALE.quantity), reason: reason ?? null }
        return { status: 201 as const, body: { stock: stockLevelView(await moveStock(command, movement)) } }
      })
      return reply.code(201).send(answer.body)
    },
  )
}

async function readStock({ db }: CommerceContext, productId: string): Promise<z.infer<typeof stockSchema>> {
  const facts = await inTransaction(
    db,
    async (tx) => ({
      exists: await productExists(tx, productId),
      level: await readLevel(tx, productId),
      movements: await listMovements(tx, productId, MOVEMENTS_SHOWN),
      reservations: await listReservations(tx, productId, RESERVATIONS_SHOWN),
    }),
    // One snapshot, so that the level shown is the sum of the movements shown.
    { isolation: 'repeatable read' },
  )
  if (!facts.exists) throw notFound('product')
  return {
    ...stockLevelView(facts.level ?? { onHand: 0n, reserved: 0n }),
    movements: facts.movements.map(({ id, kind, quantity, reason, at, actor }) => ({
      id,
      kind,
      quantity: quantityView(quantity),
      reason,
      at: at.toISOString(),
      actor,
    })),
    reservations: facts.reservations.map((holder) => ({ ...holder, quantity: quantityView(holder.quantity) })),
  }
}
