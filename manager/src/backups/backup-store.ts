import type { KeyObject } from 'node:crypto'
import { newDataKey, openDataKey } from '@platen/kit/archives'
import { defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { appendEvent } from '@platen/kit/outbox'
import type { Vault } from '@platen/kit/secrets'
import { maybe, one, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { archivePrefix, dataKeyContext, draftSchema, type Draft } from './archive.ts'
import { BackupVerified } from './events.ts'
import { backupProblems } from './problems.ts'

export const backupStates = ['pending', 'running', 'stored', 'verified', 'failed', 'removing'] as const
export type BackupState = (typeof backupStates)[number]

/** Why a backup was made: somebody asked, the schedule did, or an operation before it did something risky. */
export const backupReasons = ['on-demand', 'scheduled', 'before-restore', 'archive'] as const
export type BackupReason = (typeof backupReasons)[number]

export interface BackupRow {
  id: string
  tenant_id: string
  site_id: string
  site_name: string
  state: BackupState
  reason: BackupReason
  created_at: Date
  taken_at: Date | null
  stored_at: Date | null
  verified_at: Date | null
  restore_ms: bigint | null
  size_bytes: bigint | null
  plain_bytes: bigint | null
  manifest_sha256: string | null
  release: string | null
  draft: unknown
  error: string | null
}

const backupColumns = sql`b.id, b.tenant_id, b.site_id, s.name AS site_name, b.state, b.reason, b.created_at, b.taken_at, b.stored_at,
    b.verified_at, b.restore_ms, b.size_bytes, b.plain_bytes, b.manifest_sha256, b.release, b.draft, b.error`
const backupTables = sql`manager.backups b JOIN manager.sites s ON s.id = b.site_id`
const selectBackups = sql`SELECT ${backupColumns} FROM ${backupTables}`

/** The backup; `backup-not-found` (404) when there is none that this scope may see. */
export async function requireBackup(tx: Db, id: string): Promise<BackupRow> {
  const backup = await maybe(tx, sql<BackupRow>`${selectBackups} WHERE b.id = ${id}`)
  if (backup === undefined)
    throw backupProblems.problem('backup-not-found', 'No backup has this id. Nothing was changed.')
  return backup
}

/** Filters and sort of the backups of a site. */
export const backupList = defineList({
  fields: {
    state: { type: 'enum', values: backupStates, column: sql`b.state` },
    reason: { type: 'enum', values: backupReasons, column: sql`b.reason` },
    release: { type: 'text', column: sql`b.release` },
    sizeBytes: { type: 'number', column: sql`b.size_bytes`, sort: true, isNullable: true },
    createdAt: { type: 'time', column: sql`b.created_at`, sort: 'as-created' },
    takenAt: { type: 'time', column: sql`b.taken_at`, sort: true, isNullable: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`b.id` },
})

export const listBackups = (tx: Tx, siteId: string, query: ListQuery): Promise<Page<BackupRow>> =>
  backupList.read(
    tx,
    query,
    ({ key, where, rest }) =>
      sql<BackupRow>`SELECT ${backupColumns}, ${key} FROM ${backupTables} WHERE b.site_id = ${siteId} AND ${where} ${rest}`,
  )

export async function insertBackup(
  tx: Tx,
  backup: { id: string; tenantId: string; siteId: string; reason?: BackupReason; createdAt?: Date },
): Promise<void> {
  const { id, tenantId, siteId, reason = 'on-demand', createdAt = null } = backup
  await sql`INSERT INTO manager.backups (id, tenant_id, site_id, state, reason, object_prefix, created_at)
    VALUES (${id}, ${tenantId}, ${siteId}, 'pending', ${reason}, ${archivePrefix(siteId, id)},
      COALESCE(${createdAt}::timestamptz, now()))`.execute(tx)
}

export async function markRunning(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.backups SET state = 'running' WHERE id = ${id} AND state = 'pending'`.execute(tx)
}

export const readDraft = (backup: BackupRow): Draft => draftSchema.parse(backup.draft)

export async function addToDraft(tx: Tx, id: string, part: Draft): Promise<void> {
  await sql`UPDATE manager.backups SET draft = draft || ${JSON.stringify(part)}::jsonb WHERE id = ${id}`.execute(tx)
}

export async function markStored(
  tx: Tx,
  id: string,
  stored: {
    takenAt: string
    release: string
    manifestSha256: string
    sizeBytes: number
    plainBytes: number
    totalRows: number
  },
): Promise<void> {
  await sql`UPDATE manager.backups SET state = 'stored', stored_at = now(), taken_at = ${stored.takenAt}, release = ${stored.release},
    manifest_sha256 = ${stored.manifestSha256}, size_bytes = ${stored.sizeBytes}, plain_bytes = ${stored.plainBytes},
    total_rows = ${stored.totalRows} WHERE id = ${id}`.execute(tx)
}

/** Proven: told once, however often it is proven again. */
export async function markVerified(tx: Tx, id: string, restoreMs: number): Promise<void> {
  const backup = await one(
    tx,
    sql<{ was: string; tenant_id: string; site_id: string; taken_at: Date; size_bytes: number }>`WITH before AS (
        SELECT state AS was FROM manager.backups WHERE id = ${id} FOR UPDATE)
      UPDATE manager.backups SET state = 'verified', verified_at = now(), restore_ms = ${restoreMs}, draft = '{}' FROM before
      WHERE id = ${id} RETURNING before.was, tenant_id, site_id, taken_at, size_bytes::float8`,
  )
  if (backup.was === 'verified') return
  const { site_id: siteId, taken_at: takenAt, size_bytes: sizeBytes } = backup
  const payload = { backupId: id, siteId, takenAt: takenAt.toISOString(), sizeBytes, restoreMs }
  await appendEvent(tx, backup.tenant_id, BackupVerified.of(id, payload))
}

export async function markUnstored(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.backups SET state = 'running', stored_at = NULL, verified_at = NULL, restore_ms = NULL, manifest_sha256 = NULL
    WHERE id = ${id}`.execute(tx)
}

/** In the place of a reason: nothing went wrong. */
export const cancelledNote = 'It was cancelled.'

export async function markFailed(tx: Tx, id: string, error: string): Promise<void> {
  await sql`UPDATE manager.backups SET state = 'failed', error = ${error.slice(0, 2000)}, draft = '{}' WHERE id = ${id}`.execute(
    tx,
  )
}

/** A backup that an operation made for itself, when that operation is undone. */
export async function forgetBackup(tx: Tx, id: string): Promise<void> {
  await sql`DELETE FROM manager.backups WHERE id = ${id}`.execute(tx)
}

/** The backup that shows a site as it was last, as far as is proven. */
export const newestVerifiedBackup = (tx: Tx, siteId: string): Promise<BackupRow | undefined> =>
  maybe(
    tx,
    sql<BackupRow>`${selectBackups} WHERE b.site_id = ${siteId} AND b.state = 'verified' ORDER BY b.taken_at DESC LIMIT 1`,
  )

/** Backups of the site whose manifest is stored, newest first, without `exceptId`. */
export const storedManifests = (tx: Tx, siteId: string, exceptId: string | null) =>
  rows(
    tx,
    sql<{ id: string; manifest_sha256: string }>`SELECT id, manifest_sha256 FROM manager.backups
      WHERE site_id = ${siteId} AND id IS DISTINCT FROM ${exceptId}::uuid AND state IN ('stored', 'verified') ORDER BY id DESC`,
  )

export async function markRemoving(tx: Tx, ids: readonly string[]): Promise<void> {
  await sql`UPDATE manager.backups SET state = 'removing' WHERE id = ANY(${ids}::uuid[])`.execute(tx)
}

export const listRemoving = (tx: Tx, siteId: string): Promise<{ id: string; tenantId: string }[]> =>
  rows(
    tx,
    sql<{ id: string; tenantId: string }>`SELECT id, tenant_id AS "tenantId" FROM manager.backups
      WHERE site_id = ${siteId} AND state = 'removing' ORDER BY id`,
  )

/** Deletes the rows of what has been removed, and answers what it was. */
export const forgetRemoved = (tx: Tx, siteId: string) =>
  rows(
    tx,
    sql<{ id: string; tenantId: string; state: string; takenAt: Date | null }>`DELETE FROM manager.backups
      WHERE site_id = ${siteId} AND state = 'removing'
      RETURNING id, tenant_id AS "tenantId", CASE WHEN error IS NULL THEN 'verified' ELSE 'failed' END AS state, taken_at AS "takenAt"`,
  )

export interface TenantKey {
  key: KeyObject
  sealed: string
}

/** The key that seals everything that is backed up of a tenant; made with its first backup. */
export async function ensureTenantKey(tx: Tx, vault: Vault, tenantId: string): Promise<void> {
  const { sealed } = newDataKey(vault, dataKeyContext(tenantId))
  await sql`INSERT INTO manager.tenant_data_keys (tenant_id, sealed_key) VALUES (${tenantId}, ${sealed})
    ON CONFLICT ON CONSTRAINT tenant_data_keys_pkey DO NOTHING`.execute(tx)
}

export async function openTenantKey(tx: Tx, vault: Vault, tenantId: string): Promise<TenantKey> {
  const { sealed } = await one(
    tx,
    sql<{ sealed: string }>`SELECT sealed_key AS sealed FROM manager.tenant_data_keys WHERE tenant_id = ${tenantId}`,
  )
  return { key: openDataKey(vault, sealed, dataKeyContext(tenantId)), sealed }
}
