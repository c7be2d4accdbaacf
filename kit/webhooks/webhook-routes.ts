import { z } from 'zod'
import { expectedVersion, pageOf, type HttpServer } from '../http/index.ts'
import { mapPage } from '../lists/index.ts'
import { definedEvents } from '../outbox/index.ts'
import { withScope } from '../sql/index.ts'
import { registerDeliveryRoutes } from './delivery-routes.ts'
import { changeWebhook, createWebhook, deleteWebhook, renewSecret } from './save-webhook.ts'
import { policies, type WebhookRoutesOptions } from './webhook-context.ts'
import { listWebhooks, requireWebhook, webhookList } from './webhook-store.ts'
import { webhookInput, webhookPatch, webhookSchema, webhookView } from './webhook-view.ts'

const url = '/api/v1/webhooks'
const tags = ['webhooks']
const params = z.strictObject({ id: z.uuid() })
const secret = z
  .string()
  .nullable()
  .describe('What signs, `whsec_...`: in this answer and in no other. Null when the request was repeated.')

/** Webhooks of a tenant in the control plane and of a site: where its events are sent. */
export function registerWebhookRoutes(app: HttpServer, options: WebhookRoutesOptions): void {
  registerReads(app, options)
  registerCreation(app, options)
  registerChanges(app, options)
  registerRenewal(app, options)
  registerDeliveryRoutes(app, options)
}

function registerReads(app: HttpServer, { contextOf }: WebhookRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/event-types',
    config: { policy: policies.read },
    schema: {
      tags,
      summary: 'Types of events that happen here, for webhooks to choose from',
      response: {
        200: z.strictObject({
          items: z.array(
            z
              .strictObject({ type: z.string(), version: z.int(), aggregate: z.string(), description: z.string() })
              .meta({ id: 'EventType' }),
          ),
        }),
      },
    },
    handler: async () => ({
      items: definedEvents().map(({ type, version, aggregate, description }) => ({
        type,
        version,
        aggregate,
        description,
      })),
    }),
  })

  app.route({
    method: 'GET',
    url,
    config: { policy: policies.read },
    schema: {
      tags,
      summary: 'List webhooks, with how the last delivery went',
      querystring: webhookList.query,
      response: { 200: pageOf(webhookSchema) },
    },
    handler: async (request) => {
      const { db, tenantId } = contextOf(request)
      return mapPage(await withScope(db, { tenantId }, (tx) => listWebhooks(tx, request.query)), webhookView)
    },
  })

  app.route({
    method: 'GET',
    url: `${url}/:id`,
    config: { policy: policies.read, versioned: true, problems: ['webhook-not-found'] },
    schema: { tags, summary: 'One webhook', params, response: { 200: webhookSchema } },
    handler: async (request) => {
      const { db, tenantId } = contextOf(request)
      return webhookView(await withScope(db, { tenantId }, (tx) => requireWebhook(tx, request.params.id)))
    },
  })
}

function registerCreation(app: HttpServer, { rule, contextOf }: WebhookRoutesOptions): void {
  app.route({
    method: 'POST',
    url,
    config: {
      policy: policies.write,
      idempotent: true,
      problems: ['webhook-url-refused', 'event-type-unknown', 'webhook-limit-reached'],
    },
    schema: {
      tags,
      summary: 'Send events to a URL. The secret that signs them is in this answer and in no other',
      body: webhookInput,
      response: { 201: z.strictObject({ webhook: webhookSchema, secret }) },
    },
    handler: async (request, reply) => {
      const context = contextOf(request)
      const { db, tenantId, once } = context
      // Kept out of what is remembered for repeated requests.
      let shown: string | null = null
      const { status, body } = await withScope(db, { tenantId }, (tx) =>
        once(tx, async () => {
          const made = await createWebhook(tx, { context, rule }, request.body)
          shown = made.secret.expose()
          return { status: 201, body: { webhook: webhookView(await requireWebhook(tx, made.id)) } }
        }),
      )
      return reply.code(status as 201).send({ ...body, secret: shown }) // the only status that is stored
    },
  })
}

function registerChanges(app: HttpServer, { rule, contextOf }: WebhookRoutesOptions): void {
  app.route({
    method: 'PATCH',
    url: `${url}/:id`,
    config: {
      policy: policies.write,
      versioned: true,
      problems: ['webhook-not-found', 'webhook-url-refused', 'event-type-unknown', 'webhook-secret-missing'],
    },
    schema: {
      tags,
      summary: 'Change a webhook. While it is disabled nothing is sent, and what happens meanwhile is not sent later',
      params,
      body: webhookPatch,
      response: { 200: webhookSchema },
    },
    handler: async (request) => {
      const context = contextOf(request)
      const { id } = request.params
      return withScope(context.db, { tenantId: context.tenantId }, async (tx) => {
        const change = { id, patch: request.body, versions: expectedVersion(request) }
        await changeWebhook(tx, { context, rule }, change)
        return webhookView(await requireWebhook(tx, id))
      })
    },
  })

  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy: policies.write, versioned: true, problems: ['webhook-not-found'] },
    schema: {
      tags,
      summary: 'Remove a webhook with its log. What was still to be sent there is not sent',
      params,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const context = contextOf(request)
      await withScope(context.db, { tenantId: context.tenantId }, (tx) =>
        deleteWebhook(tx, context, { id: request.params.id, versions: expectedVersion(request) }),
      )
      return reply.code(204).send(null)
    },
  })
}

function registerRenewal(app: HttpServer, { contextOf }: WebhookRoutesOptions): void {
  app.route({
    method: 'POST',
    url: `${url}/:id/secrets`,
    config: { policy: policies.write, problems: ['webhook-not-found'] },
    schema: {
      tags,
      summary: 'Renew the secret of a webhook; for 24 hours the old one signs as well',
      params,
      response: { 201: z.strictObject({ webhook: webhookSchema, secret: z.string() }) },
    },
    handler: async (request, reply) => {
      const context = contextOf(request)
      const { id } = request.params
      const answer = await withScope(context.db, { tenantId: context.tenantId }, async (tx) => {
        const renewed = await renewSecret(tx, context, id)
        return { webhook: webhookView(await requireWebhook(tx, id)), secret: renewed.expose() }
      })
      return reply.code(201).send(answer)
    },
  })
}
