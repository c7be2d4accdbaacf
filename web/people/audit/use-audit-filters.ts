import { useQueryParameter, useSearchText } from '@platen/ui'

/** What narrows the audit trail, as the API takes it. */
export type AuditFilterValues = Readonly<Record<string, string>>

/** Read from the address. Days are days of whoever looks: the API is asked for moments. */
export function useAuditFilters(): AuditFilterValues {
  return {
    search: useSearchText(),
    'filter[resource]': useQueryParameter('resource') ?? '',
    'filter[actorId]': useQueryParameter('actor') ?? '',
    'filter[at][gte]': momentOf(useQueryParameter('from') ?? '', 0),
    'filter[at][lt]': momentOf(useQueryParameter('to') ?? '', 1),
  }
}

/** The start of a day that comes `later` days after; empty when the text is no day. */
export function momentOf(day: string, later: number): string {
  const [, year, month, date] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day) ?? []
  if (year === undefined) return ''
  const moment = new Date(Number(year), Number(month) - 1, Number(date) + later)
  return Number.isNaN(moment.getTime()) ? '' : moment.toISOString()
}
