/** Every SQL statement that reads or writes `outbox.webhooks`. */
import { defineList, type ListQuery, type Page } from '../lists/index.ts'
import { maybe, one, sql, type Tx } from '../sql/index.ts'
import { webhookProblems } from './problems.ts'

export interface WebhookDetails {
  url: string
  description: string
  /** Empty: every event. */
  types: string[]
  enabled: boolean
}

export interface WebhookRow extends WebhookDetails {
  id: string
  hasSecret: boolean
  version: number
  createdBy: string
  createdAt: Date
  updatedAt: Date
}

export interface ListedWebhook extends WebhookRow {
  lastOutcome: 'delivered' | 'retrying' | 'failed' | null
  lastStatus: number | null
  lastDetail: string | null
  lastAt: Date | null
}

export const webhookSecretContext = (id: string): string => `outbox.webhooks/${id}/secret`

// The sealed secret is not among them: who lists webhooks may not be able to read it.
const columns = sql`w.id, w.url, w.description, w.types, w.enabled, w.has_secret AS "hasSecret", w.version, w.created_by AS "createdBy",
  w.created_at AS "createdAt", w.updated_at AS "updatedAt"`
const withLastAttempt = sql`outbox.webhooks w LEFT JOIN LATERAL (
  SELECT outcome AS "lastOutcome", status AS "lastStatus", detail AS "lastDetail", at AS "lastAt"
  FROM outbox.webhook_attempts WHERE webhook_id = w.id ORDER BY id DESC LIMIT 1) last ON true`

export const webhookList = defineList({
  fields: {
    url: { type: 'text', column: sql`w.url`, sort: true },
    enabled: { type: 'boolean', column: sql`w.enabled` },
    createdAt: { type: 'time', column: sql`w.created_at`, sort: 'as-created' },
  },
  defaultSort: ['createdAt'],
  tieBreaker: { type: 'uuid', column: sql`w.id` },
})

export const listWebhooks = (tx: Tx, query: ListQuery): Promise<Page<ListedWebhook>> =>
  webhookList.read(
    tx,
    query,
    ({ key, where, rest }) =>
      sql<ListedWebhook>`SELECT ${columns}, last.*, ${key} FROM ${withLastAttempt} WHERE ${where} ${rest}`,
  )

/** The webhook; `webhook-not-found` (404) when there is none in the scope of the transaction. */
export async function requireWebhook(tx: Tx, id: string): Promise<ListedWebhook> {
  const webhook = await maybe(
    tx,
    sql<ListedWebhook>`SELECT ${columns}, last.* FROM ${withLastAttempt} WHERE w.id = ${id}`,
  )
  if (webhook === undefined) throw webhookProblems.problem('webhook-not-found', 'No webhook has this id.')
  return webhook
}

/** As `requireWebhook`, and nobody else changes it until the transaction ends. */
export async function lockWebhook(tx: Tx, id: string): Promise<WebhookRow> {
  const webhook = await maybe(
    tx,
    sql<WebhookRow>`SELECT ${columns} FROM outbox.webhooks w WHERE w.id = ${id} FOR UPDATE`,
  )
  if (webhook !== undefined) return webhook
  throw webhookProblems.problem('webhook-not-found', 'No webhook has this id. Nothing was changed.')
}

/** Those of one tenant take turns from here to the end of the transaction, so that the count stays true. */
export async function countWebhooks(tx: Tx, tenantId: string): Promise<number> {
  await sql`SELECT pg_advisory_xact_lock(hashtextextended(${`webhooks ${tenantId}`}, 0))`.execute(tx)
  const { count } = await one(
    tx,
    sql<{ count: number }>`SELECT count(*)::int AS count FROM outbox.webhooks WHERE tenant_id = ${tenantId}`,
  )
  return count
}

export async function insertWebhook(
  tx: Tx,
  webhook: WebhookDetails & { id: string; tenantId: string; sealedSecret: string; createdBy: string },
): Promise<void> {
  const { id, tenantId, url, description, types, enabled, sealedSecret, createdBy } = webhook
  await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
    VALUES (${id}, ${tenantId}, ${url}, ${description}, ${types}::text[], ${enabled}, ${sealedSecret}, ${createdBy})`.execute(
    tx,
  )
}

export async function updateWebhook(tx: Tx, id: string, details: WebhookDetails): Promise<void> {
  const { url, description, types, enabled } = details
  await sql`UPDATE outbox.webhooks SET url = ${url}, description = ${description}, types = ${types}::text[], enabled = ${enabled},
    version = version + 1, updated_at = now() WHERE id = ${id}`.execute(tx)
}

/** The one before signs as well for a day: a trigger keeps it. */
export async function replaceSecret(tx: Tx, id: string, sealedSecret: string): Promise<void> {
  await sql`UPDATE outbox.webhooks SET sealed_secret = ${sealedSecret}, version = version + 1, updated_at = now()
    WHERE id = ${id}`.execute(tx)
}

/** With its attempts and its deliveries. */
export async function removeWebhook(tx: Tx, id: string): Promise<void> {
  await sql`DELETE FROM outbox.webhooks WHERE id = ${id}`.execute(tx)
}

/** What is needed to send something there. */
export interface WebhookTarget {
  url: string
  /** Both sign. */
  sealedSecrets: string[]
}

/** In the scope of an event's tenant, so a webhook of another tenant is not there. */
export const findTarget = (tx: Tx, id: string): Promise<WebhookTarget | undefined> =>
  maybe(
    tx,
    sql<WebhookTarget>`SELECT url, array_remove(ARRAY[sealed_secret, CASE WHEN previous_until > now() THEN previous_sealed_secret END], NULL)
        AS "sealedSecrets" FROM outbox.webhooks WHERE id = ${id}`,
  )
