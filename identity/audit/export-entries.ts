import { nextPage, type ListQuery } from '@platen/kit/lists'
import { withScope, type Db, type Scope } from '@platen/kit/sql'
import { csvLine } from './csv.ts'
import { entryAnswer } from './entry-view.ts'
import { listEntries, type EntryRow } from './list-entries.ts'

const pageSize = 1000

export const exportFormats = {
  csv: { contentType: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  json: { contentType: 'application/x-ndjson; charset=utf-8', extension: 'jsonl' },
} as const
export type ExportFormat = keyof typeof exportFormats

const header =
  'at action resource resourceId actor actorId changes ip userAgent requestId operationId tenantId id sealNumber sealHash'

/** The wanted entries as text, page by page. Newest first, no page sees what is written meanwhile. */
export async function* exportEntries(
  db: Db,
  { scope, query, format }: { scope: Scope; query: ListQuery; format: ExportFormat },
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(header.split(' '))
  for (let wanted: ListQuery | undefined = { ...query, limit: pageSize }; wanted !== undefined;) {
    const now: ListQuery = wanted
    const { items, nextCursor } = await withScope(db, scope, (tx) => listEntries(tx, now))
    yield items.map(format === 'csv' ? asCsv : asJson).join('')
    wanted = nextCursor === null ? undefined : nextPage(now, nextCursor)
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
