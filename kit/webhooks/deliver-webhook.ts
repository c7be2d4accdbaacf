import { performance } from 'node:perf_hooks'
import {
  CLOUD_EVENT_TYPE,
  cloudEventOf,
  type DeliveredEvent,
  type SendingHandler,
  type EventPlace,
  type HandlerContext,
  type NewEvent,
} from '../outbox/index.ts'
import { z } from 'zod'
import type { Vault } from '../secrets/index.ts'
import { withScope, type Db } from '../sql/index.ts'
import { noteAttempt } from './attempt-store.ts'
import { postWebhook, type PostOutcome } from './post-webhook.ts'
import { webhookHeaders } from './signature.ts'
import type { AddressRule } from './webhook-address.ts'
import { findTarget, webhookSecretContext, type WebhookTarget } from './webhook-store.ts'

const prefix = 'webhook:'
/** With the pauses of the outbox about a day. */
export const maxAttempts = 12

/** How deliveries know their webhook. The schema of the outbox knows this name as well. */
export const handlerOf = (webhookId: string): string => `${prefix}${webhookId}`
export const webhookOf = (handler: string): string => handler.slice(prefix.length)
export const handlerPrefix = prefix

export const testType = 'test'

/** Sent to one webhook because somebody wants to see whether it arrives. No event of the reference: nobody can subscribe to it. */
export const testEvent = (webhookId: string): NewEvent => ({
  definition: {
    type: testType,
    version: 1,
    aggregate: 'webhook',
    description: 'Somebody asked for it.',
    payload: z.strictObject({ webhookId: z.uuid() }),
  },
  aggregateId: webhookId,
  payload: { webhookId },
})

export interface SendingParts {
  db: Db
  vault: Vault
  place: EventPlace
  rule: AddressRule
  /** Called when nobody answered, or not in time. */
  onSilence(): void
  /** Called when somebody did, whatever the answer was. */
  onAnswer(): void
  timeoutMs?: number
}

/** The handler of one webhook: posts an event, writes down how it went, and throws what is to be tried again. */
export function webhookHandler(webhookId: string, parts: SendingParts): SendingHandler {
  return {
    name: handlerOf(webhookId),
    types: [],
    async send(event, context) {
      const scope = { tenantId: event.tenantId }
      // In the scope of the event's tenant: a webhook of another one is not there, and gets nothing.
      const target = await withScope(parts.db, scope, (tx) => findTarget(tx, webhookId))
      if (target === undefined) return
      const startedMs = performance.now()
      const outcome = await post(webhookId, target, event, { parts, context })
      const durationMs = Math.round(performance.now() - startedMs)
      context.signal.throwIfAborted()
      const { ok, status, detail } = outcome
      const isLast = event.type === testType || context.attempt >= maxAttempts
      const noted = {
        eventId: event.id,
        type: event.type,
        attempt: context.attempt,
        outcome: ok ? 'delivered' : isLast ? 'failed' : 'retrying',
        status,
        detail,
        durationMs,
      } as const
      await withScope(parts.db, scope, (tx) => noteAttempt(tx, { tenantId: event.tenantId, webhookId }, noted))
      if (status === null) parts.onSilence()
      else parts.onAnswer()
      // Somebody is watching a test: it is not tried again.
      if (!ok && event.type !== testType) throw new Error(`webhook ${webhookId} was not told: ${detail}`)
    },
  }
}

async function post(
  webhookId: string,
  { url, sealedSecrets }: WebhookTarget,
  event: DeliveredEvent,
  { parts, context }: { parts: SendingParts; context: HandlerContext },
): Promise<PostOutcome> {
  const body = JSON.stringify(cloudEventOf(event, parts.place))
  const secrets = sealedSecrets.map((sealed) => parts.vault.open(sealed, webhookSecretContext(webhookId)))
  if (secrets.length === 0) return { ok: false, status: null, detail: 'The secret that signs is missing: renew it.' }
  return postWebhook(
    {
      url,
      body,
      headers: {
        'content-type': CLOUD_EVENT_TYPE,
        'user-agent': 'Platen',
        ...webhookHeaders({ id: event.id, body, sentAt: new Date() }, ...secrets),
      },
    },
    {
      rule: parts.rule,
      signal: context.signal,
      ...(parts.timeoutMs === undefined ? {} : { timeoutMs: parts.timeoutMs }),
    },
  )
}
