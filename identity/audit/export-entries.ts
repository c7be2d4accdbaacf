import { withScope, type Db, type Scope } from '@platen/kit/sql'
import { csvLine } from './csv.ts'
import { entryAnswer } from './entry-view.ts'
import { listEntries, type EntryFilters, type EntryPlace, type EntryRow } from './list-entries.ts'

const pageSize = 1000

export const exportFormats = {
  csv: { contentType: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  json: { contentType: 'application/x-ndjson; charset=utf-8', extension: 'jsonl' },
} as const
export type ExportFormat = keyof typeof exportFormats

const header =
  'at action resource resourceId actor actorId changes ip userAgent requestId operationId tenantId id sealNumber sealHash'

/** The wanted entries as text, newest first, page by page: what is written meanwhile is newer, so no page sees it. */
export async function* exportEntries(
  db: Db,
  { scope, filters, format }: { scope: Scope; filters: EntryFilters; format: ExportFormat },
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(header.split(' '))
  let after: EntryPlace | undefined
  for (;;) {
    const place = after
    const page = await withScope(db, scope, (tx) => listEntries(tx, { filters, after: place, limit: pageSize }))
    if (page.length > 0) yield page.map(format === 'csv' ? asCsv : asJson).join('')
    const last = page.at(-1)
    if (last === undefined || page.length < pageSize) return
    after = { at: last.at, id: last.id }
  }
}

const asJson = (row: EntryRow): string => `${JSON.stringify(entryAnswer(row))}\n`

const asCsv = (row: EntryRow): string =>
  csvLine([
    row.at,
    row.action,
    row.resource,
    row.resourceId,
    row.actorLabel,
    row.actorId,
    row.changes === null ? null : JSON.stringify(row.changes),
    row.ip,
    row.userAgent,
    row.requestId,
    row.operationId,
    row.tenantId,
    row.id,
    row.sealNumber,
    row.sealHash,
  ])
