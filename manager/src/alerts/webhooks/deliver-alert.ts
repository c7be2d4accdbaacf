import { defineJob } from '@platen/kit/jobs'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import { operatorAddresses, postWebhook, webhookHeaders } from '@platen/kit/webhooks'
import { z } from 'zod'
import { findDelivery, recordOutcome, webhookSecretContext, type DeliveryRow } from './webhook-store.ts'

export interface AlertDeliveryDeps {
  /** As the worker role. */
  db: Db
  vault: Vault
  consoleUrl: string
}

const payload = z.strictObject({ deliveryId: z.uuid() })
/** About three days, as mails. */
const maxAttempts = 25

/** Tells one webhook one thing. Who does not answer with 2xx is told again later, except for a test: somebody is watching that one. */
export const deliverAlert = defineJob<typeof payload, AlertDeliveryDeps>({
  name: 'deliver-alert',
  payload,
  maxAttempts,
  run: async ({ deliveryId }, { deps, attempt, signal }) => {
    const { db } = deps
    const delivery = await withScope(db, asPlatform, (tx) => findDelivery(tx, deliveryId))
    if (delivery === undefined) return
    const at = new Date()
    const outcome = await postWebhook(messageOf(delivery, deps, at), { rule: operatorAddresses, signal })
    signal.throwIfAborted()
    const isLast = delivery.type === 'test' || attempt >= maxAttempts
    const state = outcome.ok ? 'delivered' : isLast ? 'failed' : 'retrying'
    await withScope(db, asPlatform, (tx) => recordOutcome(tx, delivery, { ...outcome, state, at }))
    if (state === 'retrying' || (state === 'failed' && delivery.type !== 'test'))
      throw new Error(`webhook ${delivery.webhook_id} was not told: ${outcome.detail}`)
  },
})

const asPlatform = { operator: true } as const

function messageOf({ id, type, alert, url, ...webhook }: DeliveryRow, deps: AlertDeliveryDeps, sentAt: Date) {
  const body = JSON.stringify({ type, alert, platform: deps.consoleUrl })
  const { sealed_secret: sealed, webhook_id: webhookId } = webhook
  const secrets = sealed === null ? [] : [deps.vault.open(sealed, webhookSecretContext(webhookId))]
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'Platen',
      ...webhookHeaders({ id, body, sentAt }, ...secrets),
    },
  }
}
