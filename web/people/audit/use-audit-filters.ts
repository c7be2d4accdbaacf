import { useQueryParameter, useSearchText } from '@platen/ui'

/** What narrows the audit trail, as the API takes it. */
export type AuditFilterValues = Readonly<Record<'text' | 'resource' | 'actor' | 'from' | 'to', string>>

/** Read from the address. Days are days of whoever looks: the API is asked for moments. */
export function useAuditFilters(): AuditFilterValues {
  const text = useSearchText()
  const resource = useQueryParameter('resource') ?? ''
  const actor = useQueryParameter('actor') ?? ''
  const from = useQueryParameter('from') ?? ''
  const to = useQueryParameter('to') ?? ''
  return { text, resource, actor, from: momentOf(from, 0), to: momentOf(to, 1) }
}

/** The start of a day that comes `later` days after; empty when the text is no day. */
export function momentOf(day: string, later: number): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (year === undefined) return ''
  const moment = new Date(Number(year), Number(month) - 1, Number(date) + later)
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString()
}
