import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import { addressRefusal, newWebhookSecret, operatorAddresses } from '@platen/kit/webhooks'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { scopeOf } from '../../scope.ts'
import { alertProblems } from '../problems.ts'
import { tellTest } from './tell-webhooks.ts'
import {
  insertWebhook,
  listWebhooks,
  removeWebhook,
  requireWebhook,
  webhookSecretContext,
  type WebhookRow,
} from './webhook-store.ts'

export interface WebhookRoutesOptions {
  db: Db
  vault: Vault
}

const time = z.iso.datetime()

const webhookSchema = z
  .strictObject({
    id: z.uuid(),
    url: z.string(),
    /** Whether what is sent there carries a signature. */
    signed: z.boolean(),
    createdBy: z.string(),
    createdAt: time,
    lastDelivery: z
      .strictObject({
        state: z.enum(['delivered', 'retrying', 'failed']),
        /** Null where nobody answered. */
        status: z.int().nullable(),
        detail: z.string(),
        at: time,
      })
      .nullable(),
  })
  .meta({ id: 'AlertWebhook' })

const operator = { kind: 'operator' } as const
const params = z.strictObject({ id: z.uuid() })

/** Where alerts are sent beside mail. */
export function registerAlertWebhookRoutes(app: HttpServer, options: WebhookRoutesOptions): void {
  registerListing(app, options)
  registerAdding(app, options)
  registerRemoving(app, options)
  registerTesting(app, options)
}

function registerListing(app: HttpServer, { db }: WebhookRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/alert-webhooks',
    config: { policy: operator },
    schema: {
      tags: ['alerts'],
      summary: 'List the webhooks that alerts are sent to, with how the last delivery went',
      response: { 200: z.strictObject({ items: z.array(webhookSchema), nextCursor: z.null() }) },
    },
    handler: async (request) => {
      const found = await withScope(db, scopeOf(principalOf(request)), listWebhooks)
      return { items: found.map(toAnswer), nextCursor: null }
    },
  })
}

function registerAdding(app: HttpServer, { db, vault }: WebhookRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/alert-webhooks',
    config: { policy: operator, problems: ['alert-webhook-url-refused', 'alert-webhook-exists'] },
    schema: {
      tags: ['alerts'],
      summary: 'Send alerts to a URL. The secret that signs them is in this answer and in no other',
      body: z.strictObject({ url: z.string().max(2_000), signed: z.boolean().default(true) }),
      response: { 201: z.strictObject({ webhook: webhookSchema, secret: z.string().nullable() }) },
    },
    handler: async (request, reply) => {
      const { signed } = request.body
      const url = requireUrl(request.body.url)
      const id = newId()
      const secret = signed ? newWebhookSecret() : undefined
      const sealedSecret = secret === undefined ? null : vault.seal(secret, webhookSecretContext(id))
      const principal = principalOf(request)
      const webhook = await withScope(db, scopeOf(principal), async (tx) => {
        const added = await insertWebhook(tx, { id, url, sealedSecret, createdBy: principal.email })
        await audit(tx, request, { action: 'alert-webhook.added', webhook: added })
        return added
      })
      return reply.code(201).send({ webhook: toAnswer(webhook), secret: secret?.expose() ?? null })
    },
  })
}

function registerRemoving(app: HttpServer, { db }: WebhookRoutesOptions): void {
  app.route({
    method: 'DELETE',
    url: '/api/v1/alert-webhooks/:id',
    config: { policy: operator, problems: ['alert-webhook-not-found'] },
    schema: {
      tags: ['alerts'],
      summary: 'Send alerts to a URL no longer. What was still to be told there is not told',
      params,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      await withScope(db, scopeOf(principalOf(request)), async (tx) => {
        const webhook = await requireWebhook(tx, request.params.id)
        await removeWebhook(tx, webhook.id)
        await audit(tx, request, { action: 'alert-webhook.removed', webhook })
      })
      return reply.code(204).send(null)
    },
  })
}

function registerTesting(app: HttpServer, { db }: WebhookRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/alert-webhooks/:id/tests',
    config: { policy: operator, problems: ['alert-webhook-not-found'] },
    schema: {
      tags: ['alerts'],
      summary: 'Send a test to a webhook, once; how it went is its last delivery a moment later',
      params,
      response: { 202: webhookSchema },
    },
    handler: async (request, reply) => {
      const webhook = await withScope(db, scopeOf(principalOf(request)), async (tx) => {
        const found = await requireWebhook(tx, request.params.id)
        await tellTest(tx, found.id, new Date())
        await audit(tx, request, { action: 'alert-webhook.tested', webhook: found })
        return found
      })
      return reply.code(202).send(toAnswer(webhook))
    },
  })
}

/** As it is kept: two spellings of one URL are one webhook. */
function requireUrl(text: string): string {
  const refusal = addressRefusal(text, operatorAddresses)
  if (refusal === undefined) return new URL(text).href
  throw alertProblems.problem('alert-webhook-url-refused', `${refusal} Nothing was added.`, {
    errors: [{ pointer: '/url', message: refusal }],
  })
}

/** Only where to, never the whole URL: its path may be what admits us there. */
async function audit(
  tx: Tx,
  request: FastifyRequest,
  { action, webhook }: { action: string; webhook: WebhookRow },
): Promise<void> {
  await appendAudit(tx, {
    tenantId: null,
    actor: actorOf(principalOf(request), visitorOf(request)),
    action,
    resource: 'alert-webhook',
    resourceId: webhook.id,
    changes: { origin: new URL(webhook.url).origin, signed: webhook.signed },
  })
}

function toAnswer(row: WebhookRow): z.infer<typeof webhookSchema> {
  const { last_state: state, last_status: status, last_detail: detail, last_at: at } = row
  return {
    id: row.id,
    url: row.url,
    signed: row.signed,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    lastDelivery: state === null || at === null ? null : { state, status, detail: detail ?? '', at: at.toISOString() },
  }
}
