import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import { defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, one, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { listOperators } from '@platen/identity'
import { definitionOf, type Severity } from './alert-kinds.ts'
import { dedupeKeyOf, type Alarm, type OpenAlert } from './alert.ts'
import { sendAlertMail } from './mail-job.ts'
import { alertMailOf } from './mail-text.ts'
import { tellRaised, tellResolved } from './webhooks/index.ts'

export interface AlertRow {
  id: string
  kind: string
  severity: Severity
  subject_kind: string
  subject_id: string
  subject_label: string
  detail: string
  count: number
  raised_at: Date
  last_seen_at: Date
  resolved_at: Date | null
  acknowledged_at: Date | null
  acknowledged_by: string | null
  mailed_at: Date | null
}

const columns = sql`id, kind, severity, subject_kind, subject_id, subject_label, detail, count, raised_at, last_seen_at,
  resolved_at, acknowledged_at, acknowledged_by, mailed_at`

/** What comes and goes is told by mail and webhook once an hour; the console shows each time. */
const quietMs = 3_600_000
/** Alerts of one kind that are told within that hour: when everything falls at once, nobody reads two thousand mails. */
const toldPerKind = 10

/**
 * Raises an alert, or counts it once more while it is open. A new one is told to every operator and webhook by jobs of the same transaction.
 * The transaction must be an operator's (`withScope(db, {operator: true})`) of the worker role. Answers the id of the alert.
 */
export async function raiseAlert(tx: Tx, alarm: Alarm, now: Date = new Date()): Promise<string> {
  const { kind, subject, detail } = alarm
  const fresh = newId()
  const { severity } = definitionOf(kind)
  const alert = await one(
    tx,
    sql<AlertRow>`INSERT INTO manager.alerts
        (id, kind, severity, subject_kind, subject_id, subject_label, detail, dedupe_key, raised_at, last_seen_at)
      VALUES (${fresh}, ${kind}, ${severity}, ${subject.kind}, ${subject.id}, ${subject.label}, ${detail},
        ${dedupeKeyOf(alarm)}, ${now}, ${now})
      ON CONFLICT (dedupe_key) WHERE resolved_at IS NULL DO UPDATE SET
        count = alerts.count + 1, last_seen_at = EXCLUDED.last_seen_at, detail = EXCLUDED.detail
      RETURNING ${columns}`,
  )
  if (alert.id === fresh && !(await isQuiet(tx, fresh, alarm, now))) {
    await enqueueMails(tx, fresh, alarm, now)
    await tellRaised(tx, alert, now)
  }
  return alert.id
}

/** Ends the open alert of this key, and tells the webhooks that know of it; without one nothing happens. True when one ended. */
export async function resolveAlert(tx: Tx, dedupeKey: string, now: Date = new Date()): Promise<boolean> {
  const ended = await maybe(
    tx,
    sql<AlertRow>`UPDATE manager.alerts SET resolved_at = ${now} WHERE dedupe_key = ${dedupeKey} AND resolved_at IS NULL
      RETURNING ${columns}`,
  )
  if (ended !== undefined) await tellResolved(tx, ended, now)
  return ended !== undefined
}

export const listOpenKeys = async (tx: Tx): Promise<OpenAlert[]> =>
  (
    await rows(
      tx,
      sql<{ kind: string; dedupe_key: string }>`SELECT kind, dedupe_key FROM manager.alerts WHERE resolved_at IS NULL`,
    )
  ).map(({ kind, dedupe_key }) => ({ kind, dedupeKey: dedupe_key }))

/** How many are open, and how bad the worst of them is. */
export async function countOpenAlerts(tx: Tx): Promise<{ count: number; worst: Severity }> {
  const open = await rows(
    tx,
    sql<{ severity: Severity; count: number }>`SELECT severity, count(*)::int AS count FROM manager.alerts
      WHERE resolved_at IS NULL GROUP BY severity`,
  )
  const worst = (['critical', 'warning'] as const).find((severity) => open.some((found) => found.severity === severity))
  return { count: open.reduce((sum, { count }) => sum + count, 0), worst: worst ?? 'info' }
}

/** Filters and sort of the alerts. */
export const alertList = defineList({
  fields: {
    state: {
      type: 'enum',
      values: ['open', 'resolved'],
      column: sql`CASE WHEN resolved_at IS NULL THEN 'open' ELSE 'resolved' END`,
    },
    kind: { type: 'text', column: sql`kind`, sort: true },
    severity: { type: 'enum', values: ['info', 'warning', 'critical'], column: sql`severity` },
    subject: { type: 'text', column: sql`subject_id`, description: 'Id of what the alert is about.' },
    subjectKind: { type: 'text', column: sql`subject_kind` },
    raisedAt: { type: 'time', column: sql`raised_at`, sort: 'as-created' },
    lastSeenAt: { type: 'time', column: sql`last_seen_at`, sort: true },
    resolvedAt: { type: 'time', column: sql`resolved_at`, sort: true, isNullable: true },
  },
  defaultSort: ['-raisedAt'],
  tieBreaker: { type: 'uuid', column: sql`id` },
})

export const listAlerts = (tx: Db, query: ListQuery): Promise<Page<AlertRow>> =>
  alertList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<AlertRow>`SELECT ${columns}, ${key} FROM manager.alerts WHERE ${where} ${rest}`,
  )

/** The first to acknowledge stays the one who did. Undefined when there is no such alert; `isNew` tells the first from the others. */
export async function acknowledgeAlert(
  tx: Tx,
  id: string,
  by: string,
): Promise<{ alert: AlertRow; isNew: boolean } | undefined> {
  const changed = await maybe(
    tx,
    sql<AlertRow>`UPDATE manager.alerts SET acknowledged_at = now(), acknowledged_by = ${by}
      WHERE id = ${id} AND acknowledged_at IS NULL RETURNING ${columns}`,
  )
  if (changed !== undefined) return { alert: changed, isNew: true }
  const alert = await maybe(tx, sql<AlertRow>`SELECT ${columns} FROM manager.alerts WHERE id = ${id}`)
  return alert && { alert, isNew: false }
}

async function isQuiet(tx: Tx, id: string, alarm: Alarm, now: Date): Promise<boolean> {
  const since = new Date(now.getTime() - quietMs)
  const { same, alike } = await one(
    tx,
    sql<{
      same: number
      alike: number
    }>`SELECT count(*) FILTER (WHERE dedupe_key = ${dedupeKeyOf(alarm)})::int AS same, count(*)::int AS alike
      FROM manager.alerts a WHERE kind = ${alarm.kind} AND raised_at > ${since} AND id <> ${id}
        AND (EXISTS (SELECT FROM manager.alert_mails m WHERE m.alert_id = a.id)
          OR EXISTS (SELECT FROM manager.alert_deliveries d WHERE d.alert_id = a.id))`,
  )
  return same > 0 || alike >= toldPerKind
}

async function enqueueMails(tx: Tx, alertId: string, alarm: Alarm, now: Date): Promise<void> {
  const { subject, text } = alertMailOf(alarm, now)
  for (const { email } of await listOperators(tx)) {
    const mailId = newId()
    await sql`INSERT INTO manager.alert_mails (id, alert_id, recipient, message_id, subject, text, created_at)
      VALUES (${mailId}, ${alertId}, ${email}, ${messageIdOf(mailId)}, ${subject}, ${text}, ${now})`.execute(tx)
    await enqueueJob(tx, sendAlertMail, { mailId }, { tenantId: null, key: `alert-mail:${mailId}` })
  }
}

/** Chosen with the reason to write and stored, so that however often it is sent it is one mail. */
const messageIdOf = (mailId: string): string => `${mailId}@alerts.platen`
