import { containing, defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { rows, sql, type Tx } from '@platen/kit/sql'
import { exactTime } from './entry-rows.ts'

/** An entry as it is shown. */
export interface EntryRow {
  id: string
  /** UTC with microseconds. */
  at: string
  tenantId: string | null
  actorId: string | null
  actorLabel: string
  action: string
  resource: string
  resourceId: string | null
  changes: unknown
  ip: string | null
  userAgent: string | null
  requestId: string | null
  operationId: string | null
  /** Place in its chain; null while it is not sealed. */
  sealNumber: string | null
  sealHash: string | null
}

const columns = sql<EntryRow>`e.id, ${exactTime(sql`e.at`)} AS at, e.tenant_id AS "tenantId", e.actor_id AS "actorId",
  e.actor_label AS "actorLabel", e.action, e.resource, e.resource_id AS "resourceId", e.changes, e.ip, e.user_agent AS "userAgent",
  e.request_id AS "requestId", e.operation_id AS "operationId", s.number::text AS "sealNumber", encode(s.hash, 'hex') AS "sealHash"`
const entries = sql`identity.audit_entries e LEFT JOIN identity.audit_seals s ON s.entry_id = e.id AND s.entry_at = e.at`

export const entryList = defineList({
  fields: {
    at: { type: 'time', column: sql`e.at`, sort: true },
    action: { type: 'text', column: sql`e.action` },
    resource: { type: 'text', column: sql`e.resource` },
    resourceId: { type: 'text', column: sql`e.resource_id` },
    actor: { type: 'text', column: sql`e.actor_label`, description: 'The e-mail address, or what stands for it.' },
    actorId: { type: 'uuid', column: sql`e.actor_id` },
    ip: { type: 'text', column: sql`e.ip` },
    requestId: { type: 'text', column: sql`e.request_id` },
    operationId: { type: 'uuid', column: sql`e.operation_id` },
  },
  defaultSort: ['-at'],
  tieBreaker: { type: 'uuid', column: sql`e.id` },
  search: (text) =>
    sql`concat_ws(' ', e.action, e.actor_label, e.resource_id, e.ip, e.changes::text) ILIKE ${containing(text)}`,
  searchDescription: 'Anywhere in action, actor, resource id, address or changes.',
})

/** A page of those the transaction's scope may see. */
export const listEntries = (tx: Tx, query: ListQuery): Promise<Page<EntryRow>> =>
  entryList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<EntryRow>`SELECT ${columns}, ${key} FROM ${entries} WHERE ${where} ${rest}`,
  )

export const findEntry = async (tx: Tx, id: string): Promise<EntryRow | undefined> => {
  const [found] = await rows(tx, sql<EntryRow>`SELECT ${columns} FROM ${entries} WHERE e.id = ${id} LIMIT 1`)
  return found
}
