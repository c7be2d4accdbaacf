import { api } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import { fromSiteLine, type LogLine, type SiteLogLine } from './log-line.ts'
import type { LogPage, LogSource } from './use-log.ts'

export interface ProgramLog {
  program: string
  sizeBytes: number
  newestAt: string | null
}

/** Lines before and after the one that was opened. */
const linesAround = '10'

/** For operators. */
export const programLogsQuery = queryOptions({
  queryKey: ['program-logs'],
  queryFn: ({ signal }) => api.get<{ items: ProgramLog[] }>('/logs', signal),
})

export const programLog = (program: string): LogSource => ({
  key: ['program', program],
  read: (query, signal) => api.get<LogPage>(`${linesOf(program)}?${given(query)}`, signal),
})

export const readAround = (program: string) => (position: string, signal: AbortSignal) =>
  api.get<{ items: LogLine[] }>(`${linesOf(program)}?${given({ around: position, limit: linesAround })}`, signal)

export const siteLog = (siteId: string): LogSource => ({
  key: ['site', siteId],
  async read(query, signal) {
    const page = await api.get<Omit<LogPage, 'items'> & { items: SiteLogLine[] }>(
      `/sites/${siteId}/logs?${given(query)}`,
      signal,
    )
    return { ...page, items: page.items.map(fromSiteLine) }
  },
})

const linesOf = (program: string): string => `/logs/${encodeURIComponent(program)}/lines`

const given = (query: Record<string, string>): URLSearchParams =>
  new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ''))
