import { rows, sql, type RawBuilder, type Tx } from '@platen/kit/sql'
import { exactTime } from './entry-rows.ts'

/** What of the trail is wanted; all that are given must hold. */
export interface EntryFilters {
  action?: string | undefined
  resource?: string | undefined
  resourceId?: string | undefined
  /** Id, or (a part of) the label. */
  actor?: string | undefined
  /** RFC 3339; included. */
  from?: string | undefined
  /** Not included. */
  to?: string | undefined
  /** Anywhere in action, actor, resource id or changes. */
  text?: string | undefined
}

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

/** Where a page ended: newest first, by time and id. */
export interface EntryPlace {
  at: string
  id: string
}

const columns = sql<EntryRow>`e.id, ${exactTime(sql`e.at`)} AS at, e.tenant_id AS "tenantId", e.actor_id AS "actorId",
  e.actor_label AS "actorLabel", e.action, e.resource, e.resource_id AS "resourceId", e.changes, e.ip, e.user_agent AS "userAgent",
  e.request_id AS "requestId", e.operation_id AS "operationId", s.number::text AS "sealNumber", encode(s.hash, 'hex') AS "sealHash"`
const sealed = sql`LEFT JOIN identity.audit_seals s ON s.entry_id = e.id AND s.entry_at = e.at`

/** Those the transaction's scope may see, newest first. */
export const listEntries = (
  tx: Tx,
  { filters, after, limit }: { filters: EntryFilters; after?: EntryPlace | undefined; limit: number },
): Promise<EntryRow[]> =>
  rows(
    tx,
    sql<EntryRow>`SELECT ${columns} FROM (
        SELECT * FROM identity.audit_entries e WHERE ${sql.join(conditions(filters, after), sql` AND `)}
        ORDER BY e.at DESC, e.id DESC LIMIT ${limit}) e
      ${sealed} ORDER BY e.at DESC, e.id DESC`,
  )

export const findEntry = async (tx: Tx, id: string): Promise<EntryRow | undefined> => {
  const [found] = await rows(
    tx,
    sql<EntryRow>`SELECT ${columns} FROM identity.audit_entries e ${sealed} WHERE e.id = ${id} LIMIT 1`,
  )
  return found
}

function conditions(filters: EntryFilters, after: EntryPlace | undefined): RawBuilder<unknown>[] {
  const { action, resource, resourceId, actor, from, to, text } = filters
  const anywhere = (part: string): string => `%${part.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return [
    sql`true`,
    ...(action === undefined ? [] : [sql`e.action = ${action}`]),
    ...(resource === undefined ? [] : [sql`e.resource = ${resource}`]),
    ...(resourceId === undefined ? [] : [sql`e.resource_id = ${resourceId}`]),
    ...(actor === undefined
      ? []
      : [sql`(e.actor_id::text = lower(${actor}) OR e.actor_label ILIKE ${anywhere(actor)})`]),
    ...(from === undefined ? [] : [sql`e.at >= ${from}::timestamptz`]),
    ...(to === undefined ? [] : [sql`e.at < ${to}::timestamptz`]),
    ...(text === undefined
      ? []
      : [sql`concat_ws(' ', e.action, e.actor_label, e.resource_id, e.ip, e.changes::text) ILIKE ${anywhere(text)}`]),
    ...(after === undefined ? [] : [sql`(e.at, e.id) < (${after.at}::timestamptz, ${after.id}::uuid)`]),
  ]
}
