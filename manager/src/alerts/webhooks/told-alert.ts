import { definitionOf, type Severity } from '../alert-kinds.ts'

export type DeliveryType = 'alert.raised' | 'alert.resolved' | 'test'

/** An alert as programs are told it. Members are added, never renamed: receivers are written by others. */
export interface ToldAlert {
  id: string
  kind: string
  severity: Severity
  subject: { kind: string; id: string; label: string }
  title: string
  detail: string
  whatToDo: string
  raisedAt: string
  resolvedAt: string | null
}

/** What of an alert's row is told. */
export interface AlertFacts {
  id: string
  kind: string
  severity: Severity
  subject_kind: string
  subject_id: string
  subject_label: string
  detail: string
  raised_at: Date
  resolved_at: Date | null
}

export function toldAlert(row: AlertFacts): ToldAlert {
  const { title, whatToDo } = definitionOf(row.kind)
  return {
    id: row.id,
    kind: row.kind,
    severity: row.severity,
    subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
    title,
    detail: row.detail,
    whatToDo,
    raisedAt: row.raised_at.toISOString(),
    resolvedAt: row.resolved_at?.toISOString() ?? null,
  }
}

/** What a test tells: as an alert looks, but about nothing. */
export const testAlert = (id: string, now: Date): ToldAlert => ({
  id,
  kind: 'test',
  severity: 'info',
  subject: { kind: 'platform', id: 'platform', label: 'this platform' },
  title: 'Test',
  detail: 'Somebody asked for this message to see whether alerts arrive here.',
  whatToDo: 'Nothing.',
  raisedAt: now.toISOString(),
  resolvedAt: null,
})
