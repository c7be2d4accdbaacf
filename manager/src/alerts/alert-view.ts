import { z } from 'zod'
import { definitionOf, docsPageOf } from './alert-kinds.ts'
import type { AlertRow } from './alert-store.ts'

const time = z.iso.datetime()

/** An alert as the API tells it. */
export const alertSchema = z
  .strictObject({
    id: z.uuid(),
    kind: z.string(),
    severity: z.enum(['info', 'warning', 'critical']),
    state: z.enum(['open', 'resolved']),
    title: z.string(),
    cause: z.string(),
    whatToDo: z.string(),
    /** Of the documentation, from the root of the repository. */
    docsPage: z.string(),
    subject: z.strictObject({ kind: z.string(), id: z.string(), label: z.string() }),
    detail: z.string(),
    count: z.int(),
    raisedAt: time,
    lastSeenAt: time,
    resolvedAt: time.nullable(),
    mailedAt: time.nullable(),
    acknowledgement: z.strictObject({ at: time, by: z.string() }).nullable(),
  })
  .meta({ id: 'Alert' })

export function toAlertAnswer(row: AlertRow): z.infer<typeof alertSchema> {
  const { title, cause, whatToDo } = definitionOf(row.kind)
  const { acknowledged_at: at, acknowledged_by: by } = row
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    state: row.resolved_at === null ? 'open' : 'resolved',
    title,
    cause,
    whatToDo,
    docsPage: docsPageOf(row.kind),
    subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
    detail: row.detail,
    count: row.count,
    raisedAt: row.raised_at.toISOString(),
    lastSeenAt: row.last_seen_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
    mailedAt: row.mailed_at?.toISOString() ?? null,
    acknowledgement: at === null || by === null ? null : { at: at.toISOString(), by },
  }
}
