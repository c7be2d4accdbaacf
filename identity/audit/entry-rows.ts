import { sql, type RawBuilder } from '@platen/kit/sql'
import type { Chain, SealedContent } from './chain.ts'

/** A time as it is sealed, compared and put into cursors: JavaScript's own keeps only milliseconds. */
export const exactTime = (column: RawBuilder<unknown>): RawBuilder<string> =>
  sql<string>`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`

/** Columns of `e` (identity.audit_entries) by the names of {@link SealedContent}. */
export const sealedColumns: RawBuilder<SealedContent> = sql<SealedContent>`e.id, ${exactTime(sql`e.at`)} AS at, e.actor_id AS "actorId",
  e.actor_label AS "actorLabel", e.action, e.resource, e.resource_id AS "resourceId", e.changes::text AS changes, e.ip,
  e.user_agent AS "userAgent", e.request_id AS "requestId", e.operation_id AS "operationId"`

/** Entries `e` that no seal names. Never "later than the last one sealed": a transaction that began earlier may commit later. */
export const isUnsealed = sql`NOT EXISTS (SELECT FROM identity.audit_seals sealed WHERE sealed.entry_id = e.id AND sealed.entry_at = e.at)`

/** Rows of one chain; written so that an index serves it. */
export const isOfChain = (chain: Chain): RawBuilder<unknown> =>
  chain === null ? sql`tenant_id IS NULL` : sql`tenant_id = ${chain}`
