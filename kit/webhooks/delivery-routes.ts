import { z } from 'zod'
import { pageOf, type HttpServer } from '../http/index.ts'
import { mapPage } from '../lists/index.ts'
import { appendEventFor, replayDeliveryIn } from '../outbox/index.ts'
import { withScope, type Tx } from '../sql/index.ts'
import { attemptList, listAttempts } from './attempt-store.ts'
import { handlerOf, testEvent } from './deliver-webhook.ts'
import { webhookProblems } from './problems.ts'
import { policies, type WebhookContext, type WebhookRoutesOptions } from './webhook-context.ts'
import { requireWebhook } from './webhook-store.ts'
import { attemptSchema, attemptView } from './webhook-view.ts'

const url = '/api/v1/webhooks/:id'
const tags = ['webhooks']
const params = z.strictObject({ id: z.uuid() })
const eventParams = z.strictObject({ id: z.uuid(), eventId: z.uuid() })
const accepted = z.strictObject({ eventId: z.uuid() })

/** What was sent to a webhook, and sending once more. */
export function registerDeliveryRoutes(app: HttpServer, { contextOf }: WebhookRoutesOptions): void {
  app.route({
    method: 'GET',
    url: `${url}/deliveries`,
    config: { policy: policies.read, problems: ['webhook-not-found'] },
    schema: {
      tags,
      summary: 'Attempts to deliver events to a webhook, newest first: of 30 days, a thousand at most',
      params,
      querystring: attemptList.query,
      response: { 200: pageOf(attemptSchema) },
    },
    handler: async (request) => {
      const { db, tenantId } = contextOf(request)
      const { id } = request.params
      const page = await withScope(db, { tenantId }, async (tx) => {
        await requireWebhook(tx, id)
        return listAttempts(tx, id, request.query)
      })
      return mapPage(page, attemptView)
    },
  })

  app.route({
    method: 'POST',
    url: `${url}/tests`,
    config: { policy: policies.write, problems: ['webhook-not-found'] },
    schema: {
      tags,
      summary: 'Send a `test` event to a webhook, once, also while it is disabled; how it went is among its deliveries',
      params,
      response: { 202: accepted },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const eventId = await sendOnce(contextOf(request), id, async (tx, { tenantId, audit }) => {
        const event = await appendEventFor(tx, tenantId, testEvent(id), handlerOf(id))
        await audit(tx, { action: 'webhook.tested', resource: 'webhook', resourceId: id, changes: { eventId: event } })
        return event
      })
      return reply.code(202).send({ eventId })
    },
  })

  app.route({
    method: 'POST',
    url: `${url}/deliveries/:eventId/replays`,
    config: { policy: policies.write, problems: ['webhook-not-found', 'delivery-not-found'] },
    schema: {
      tags,
      summary: 'Send an event to a webhook again, with fresh attempts; what waits behind it follows',
      params: eventParams,
      response: { 202: accepted },
    },
    handler: async (request, reply) => {
      const { id, eventId } = request.params
      await sendOnce(contextOf(request), id, async (tx, { audit }) => {
        if (!(await replayDeliveryIn(tx, { eventId, handler: handlerOf(id) })))
          throw webhookProblems.problem('delivery-not-found', 'Nothing was sent.')
        await audit(tx, { action: 'webhook.replayed', resource: 'webhook', resourceId: id, changes: { eventId } })
      })
      return reply.code(202).send({ eventId })
    },
  })
}

/** To a webhook that is there. */
async function sendOnce<Result>(
  context: WebhookContext,
  id: string,
  work: (tx: Tx, context: WebhookContext) => Promise<Result>,
): Promise<Result> {
  const { db, tenantId } = context
  const result = await withScope(db, { tenantId }, async (tx) => {
    await requireWebhook(tx, id)
    return work(tx, context)
  })
  context.afterCommit()
  return result
}
