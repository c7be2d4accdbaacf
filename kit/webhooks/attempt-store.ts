/** Every SQL statement that reads or writes `outbox.webhook_attempts`, but for the last one in the list of webhooks. */
import { newId } from '../ids/index.ts'
import { defineList, type ListQuery, type Page } from '../lists/index.ts'
import { sql, withScope, type Db, type Tx } from '../sql/index.ts'

/** As long as events, which are what a replay sends. */
const keptDays = 30
const keptPerWebhook = 1_000

export const outcomes = ['delivered', 'retrying', 'failed'] as const

export interface Attempt {
  eventId: string
  type: string
  /** From 1; a replay begins anew. */
  attempt: number
  outcome: (typeof outcomes)[number]
  status: number | null
  detail: string
  durationMs: number
}

export type AttemptRow = Attempt & { id: string; at: Date }

export const attemptList = defineList({
  fields: {
    at: { type: 'time', column: sql`at`, sort: 'as-created' },
    eventId: { type: 'uuid', column: sql`event_id` },
    type: { type: 'text', column: sql`event_type` },
    outcome: { type: 'enum', column: sql`outcome`, values: outcomes },
  },
  defaultSort: ['-at'],
  tieBreaker: { type: 'uuid', column: sql`id` },
})

export const listAttempts = (tx: Tx, webhookId: string, query: ListQuery): Promise<Page<AttemptRow>> =>
  attemptList.read(
    tx,
    query,
    ({ key, where, rest }) =>
      sql<AttemptRow>`SELECT id, event_id AS "eventId", event_type AS type, attempt, outcome, status, detail,
          duration_ms AS "durationMs", at, ${key}
        FROM outbox.webhook_attempts WHERE webhook_id = ${webhookId} AND ${where} ${rest}`,
  )

/** And forgets what is beyond the newest thousand of the webhook. Nothing is noted of one that was removed meanwhile. */
export async function noteAttempt(
  tx: Tx,
  { tenantId, webhookId }: { tenantId: string; webhookId: string },
  attempt: Attempt,
): Promise<void> {
  await sql`INSERT INTO outbox.webhook_attempts
      (id, tenant_id, webhook_id, event_id, event_type, attempt, outcome, status, detail, duration_ms)
    SELECT ${newId()}, tenant_id, id, ${attempt.eventId}, ${attempt.type}, ${attempt.attempt}, ${attempt.outcome}, ${attempt.status},
      ${attempt.detail}, ${attempt.durationMs} FROM outbox.webhooks WHERE tenant_id = ${tenantId} AND id = ${webhookId}`.execute(
    tx,
  )
  await sql`DELETE FROM outbox.webhook_attempts WHERE webhook_id = ${webhookId} AND id <= (
    SELECT id FROM outbox.webhook_attempts WHERE webhook_id = ${webhookId} ORDER BY id DESC OFFSET ${keptPerWebhook} LIMIT 1)`.execute(
    tx,
  )
}

/** What is older than the events are kept. */
export async function forgetOldAttempts(db: Db): Promise<void> {
  await withScope(db, { operator: true }, (tx) =>
    sql`DELETE FROM outbox.webhook_attempts WHERE at < now() - make_interval(days => ${keptDays})`.execute(tx),
  )
}
