import { maybe, one, rows, sql, violates, type Db, type Tx } from '@platen/kit/sql'
import type { PostOutcome } from '@platen/kit/webhooks'
import { alertProblems } from '../problems.ts'
import type { DeliveryType, ToldAlert } from './told-alert.ts'

export interface WebhookRow {
  id: string
  url: string
  signed: boolean
  created_by: string
  created_at: Date
  last_state: 'delivered' | 'retrying' | 'failed' | null
  last_status: number | null
  last_detail: string | null
  last_at: Date | null
}

/** Something to be told, with what is needed to tell it. */
export interface DeliveryRow {
  id: string
  webhook_id: string
  type: DeliveryType
  alert: ToldAlert
  url: string
  sealed_secret: string | null
}

// The sealed secret is not among them: requests may not read it.
const columns = sql`id, url, signed, created_by, created_at, last_state, last_status, last_detail, last_at`

export const webhookSecretContext = (id: string): string => `manager.alert_webhooks/${id}/secret`

export const listWebhooks = (tx: Db): Promise<WebhookRow[]> =>
  rows(tx, sql<WebhookRow>`SELECT ${columns} FROM manager.alert_webhooks ORDER BY id`)

/** The webhook; `alert-webhook-not-found` (404) when there is none. */
export async function requireWebhook(tx: Tx, id: string): Promise<WebhookRow> {
  const webhook = await maybe(tx, sql<WebhookRow>`SELECT ${columns} FROM manager.alert_webhooks WHERE id = ${id}`)
  if (webhook === undefined)
    throw alertProblems.problem('alert-webhook-not-found', 'No webhook has this id. Nothing was changed.')
  return webhook
}

/** `alert-webhook-exists` (409) when alerts go to this URL already. */
export async function insertWebhook(
  tx: Tx,
  webhook: { id: string; url: string; sealedSecret: string | null; createdBy: string },
): Promise<WebhookRow> {
  const { id, url, sealedSecret, createdBy } = webhook
  try {
    return await one(
      tx,
      sql<WebhookRow>`INSERT INTO manager.alert_webhooks (id, url, sealed_secret, created_by)
        VALUES (${id}, ${url}, ${sealedSecret}, ${createdBy}) RETURNING ${columns}`,
    )
  } catch (error) {
    if (!violates(error, 'alert_webhooks_url_key')) throw error
    throw alertProblems.problem('alert-webhook-exists', 'Alerts are sent to this URL already. Nothing was added.', {
      cause: error,
    })
  }
}

export async function removeWebhook(tx: Tx, id: string): Promise<void> {
  await sql`DELETE FROM manager.alert_webhooks WHERE id = ${id}`.execute(tx)
}

export async function insertDelivery(
  tx: Tx,
  delivery: { id: string; webhookId: string; alertId: string | null; type: DeliveryType; alert: ToldAlert; now: Date },
): Promise<void> {
  const { id, webhookId, alertId, type, alert, now } = delivery
  await sql`INSERT INTO manager.alert_deliveries (id, webhook_id, alert_id, type, alert, created_at)
    VALUES (${id}, ${webhookId}, ${alertId}, ${type}, ${JSON.stringify(alert)}::jsonb, ${now})`.execute(tx)
}

/** Webhooks that were told, or are being told, of this alert. */
export const webhooksThatKnow = (tx: Tx, alertId: string) =>
  rows(
    tx,
    sql<{ id: string }>`SELECT webhook_id AS id FROM manager.alert_deliveries
      WHERE alert_id = ${alertId} AND type = 'alert.raised' ORDER BY webhook_id`,
  )

/** Undefined when it was delivered or its webhook is gone. */
export const findDelivery = (tx: Tx, id: string): Promise<DeliveryRow | undefined> =>
  maybe(
    tx,
    sql<DeliveryRow>`SELECT d.id, d.webhook_id, d.type, d.alert, w.url, w.sealed_secret
      FROM manager.alert_deliveries d JOIN manager.alert_webhooks w ON w.id = d.webhook_id
      WHERE d.id = ${id} AND d.delivered_at IS NULL`,
  )

export async function recordOutcome(
  tx: Tx,
  { id, webhook_id: webhookId }: DeliveryRow,
  outcome: PostOutcome & { state: NonNullable<WebhookRow['last_state']>; at: Date },
): Promise<void> {
  const { state, status, detail, at } = outcome
  if (state === 'delivered')
    await sql`UPDATE manager.alert_deliveries SET delivered_at = ${at} WHERE id = ${id}`.execute(tx)
  await sql`UPDATE manager.alert_webhooks SET last_state = ${state}, last_status = ${status}, last_detail = ${detail}, last_at = ${at}
    WHERE id = ${webhookId}`.execute(tx)
}
