import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { pageOf, type HttpServer, type RoutePolicy } from '../http/index.ts'
import { mapPage } from '../lists/index.ts'
import { withScope, type Db, type Scope, type Tx } from '../sql/index.ts'
import {
  deadLetterList,
  listDeadLetters,
  settleDeadLetters,
  type DeadLetterRow,
  type Outcome,
} from './dead-letter-store.ts'
import { deadLetterProblems } from './problems.ts'

/** What of a request the routes need: whose outbox, and who asks. */
export interface DeadLetterContext {
  db: Db
  scope: Scope
  /** In the transaction of the change. */
  audit(tx: Tx, entry: { action: string; resource: string; resourceId: string; changes: object }): Promise<void>
  afterCommit(): void
}

export interface DeadLetterRoutesOptions {
  policies: { read: RoutePolicy; write: RoutePolicy }
  contextOf(request: FastifyRequest): DeadLetterContext
}

const deadLetterSchema = z
  .strictObject({
    eventId: z.uuid(),
    handler: z.string(),
    type: z.string(),
    version: z.int(),
    aggregate: z.string(),
    aggregateId: z.uuid(),
    sequence: z.int(),
    tenantId: z.uuid(),
    occurredAt: z.iso.datetime(),
    attempts: z.int(),
    lastError: z.string().nullable(),
    heldBack: z.int().describe('Later events of the same aggregate that wait behind it.'),
  })
  .meta({ id: 'DeadLetter' })

const params = z.strictObject({ eventId: z.uuid() })
const querystring = z.strictObject({
  handler: z.string().max(200).optional().describe('Of this handler only; absent: of every handler that gave it up.'),
})

/** Deliveries that were given up after too many attempts, in the control plane and in every site. */
export function registerDeadLetterRoutes(app: HttpServer, options: DeadLetterRoutesOptions): void {
  const { policies, contextOf } = options
  app.route({
    method: 'GET',
    url: '/api/v1/dead-letters',
    config: { policy: policies.read },
    schema: {
      tags: ['events'],
      summary: 'List deliveries of events that were given up, oldest first',
      querystring: deadLetterList.query,
      response: { 200: pageOf(deadLetterSchema) },
    },
    handler: async (request) => {
      const { db, scope } = contextOf(request)
      return mapPage(await withScope(db, scope, (tx) => listDeadLetters(tx, request.query)), toAnswer)
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/dead-letters/:eventId/replays',
    config: { policy: policies.write, problems: ['dead-letter-not-found'] },
    schema: {
      tags: ['events'],
      summary: 'Try a dead letter again now, with fresh attempts; what waits behind it follows',
      params,
      querystring,
      response: { 202: z.strictObject({ handlers: z.array(z.string()) }) },
    },
    handler: async (request, reply) =>
      reply.code(202).send({ handlers: await settle(contextOf(request), request.params, request.query, 'replayed') }),
  })

  app.route({
    method: 'DELETE',
    url: '/api/v1/dead-letters/:eventId',
    config: { policy: policies.write, problems: ['dead-letter-not-found'] },
    schema: {
      tags: ['events'],
      summary: 'Discard a dead letter for good; what waits behind it follows',
      params,
      querystring,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await settle(contextOf(request), request.params, request.query, 'discarded')
      return reply.code(204).send(null)
    },
  })
}

async function settle(
  { db, scope, audit, afterCommit }: DeadLetterContext,
  { eventId }: z.infer<typeof params>,
  { handler }: z.infer<typeof querystring>,
  outcome: Outcome,
): Promise<string[]> {
  const handlers = await withScope(db, scope, async (tx) => {
    const settled = await settleDeadLetters(tx, { eventId, handler }, outcome)
    if (settled.length === 0)
      throw deadLetterProblems.problem(
        'dead-letter-not-found',
        'No handler has given this event up, or it is settled already. Nothing was changed.',
      )
    const changes = { handlers: settled }
    await audit(tx, { action: `dead-letter.${outcome}`, resource: 'event', resourceId: eventId, changes })
    return settled
  })
  afterCommit()
  return handlers
}

const toAnswer = ({ occurredAt, ...letter }: DeadLetterRow): z.infer<typeof deadLetterSchema> => ({
  ...letter,
  occurredAt: occurredAt.toISOString(),
})
