// Requests that start an operation with or on a backup: each locks the site, checks what it may, and writes row, operation and audit together.
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { newId } from '@platen/kit/ids'
import type { Tx } from '@platen/kit/sql'
import { operationSchema } from '../operations/index.ts'
import {
  beginOperation,
  lockSiteFor,
  refuseFullDisk,
  requireSite,
  swappedStateOf,
  type SiteRoutesOptions,
  type startedAnswer,
} from '../sites/index.ts'
import { archiveSite, reviveSite } from './archive-site.ts'
import { backUpSite } from './back-up-site.ts'
import { insertBackup, newestVerifiedBackup, requireBackup, type BackupReason, type BackupRow } from './backup-store.ts'
import { backupSchema, toBackupAnswer } from './backup-view.ts'
import { drillBackup } from './drill-backup.ts'
import { backupProblems } from './problems.ts'
import { restoreBrokenSite, restoreSiteInPlace } from './restore-site-in-place.ts'

export const begunBackup = z.strictObject({ backup: backupSchema, operation: operationSchema })

type Started = Promise<z.infer<typeof startedAnswer>>

/** A restore needs its archive opened and indexed beside what is there (reference reliability.md, restore x F). */
const restoreRoom = 2.5

export async function beginBackup(
  tx: Tx,
  request: FastifyRequest,
  siteId: string,
  options: SiteRoutesOptions,
): Promise<z.infer<typeof begunBackup>> {
  const site = await lockSiteFor(tx, siteId, 'back-up')
  const backupId = await newBackup(tx, site, 'on-demand')
  const beginning = {
    definition: backUpSite,
    input: { siteId, backupId },
    action: 'backup.requested',
    changes: { backupId },
  }
  const { operation } = await beginOperation(tx, request, beginning, options)
  return { backup: toBackupAnswer(await requireBackup(tx, backupId)), operation }
}

async function newBackup(tx: Tx, site: { id: string; tenant_id: string }, reason: BackupReason): Promise<string> {
  const id = newId()
  await insertBackup(tx, { id, tenantId: site.tenant_id, siteId: site.id, reason })
  return id
}

/** `backup-not-verified` (409) for one that did not pass its drill. */
export async function requireVerified(tx: Tx, backupId: string): Promise<BackupRow> {
  const backup = await requireBackup(tx, backupId)
  if (backup.state === 'verified') return backup
  const detail = `Only a verified backup can be restored. This one is ${backup.state}. Nothing was changed.`
  throw backupProblems.problem('backup-not-verified', detail)
}

export async function beginDrill(
  tx: Tx,
  request: FastifyRequest,
  backupId: string,
  options: SiteRoutesOptions,
): Started {
  const backup = await requireVerified(tx, backupId)
  const site = await requireSite(tx, backup.site_id)
  // Also of a site that is archived or dropped: all that matters is that nothing else is at work on its backups.
  if (site.operation_id !== null) await lockSiteFor(tx, site.id, 'back-up')
  const input = { siteId: site.id, backupId }
  const beginning = { definition: drillBackup, input, action: 'backup.drill-requested', changes: { backupId } }
  return beginOperation(tx, request, beginning, options)
}

export async function beginRestorationInPlace(
  tx: Tx,
  request: FastifyRequest,
  { siteId, backupId: fromBackupId }: { siteId: string; backupId: string },
  options: SiteRoutesOptions,
): Started {
  const site = await lockSiteFor(tx, siteId, 'restore')
  const source = await requireVerified(tx, fromBackupId)
  if (source.site_id !== siteId) {
    const detail = 'This backup is of another site: restore it as a new site. Nothing was changed.'
    throw backupProblems.problem('backup-not-found', detail)
  }
  await refuseFullDisk(options, Number(source.plain_bytes ?? 0) * restoreRoom)
  const common = { siteId, fromBackupId, stateBefore: swappedStateOf(site.state) }
  const action = 'backup.restoration-in-place-requested'
  if (site.state === 'broken') {
    const beginning = { definition: restoreBrokenSite, input: common, action, changes: { fromBackupId } }
    return beginOperation(tx, request, beginning, options)
  }
  const backupId = await newBackup(tx, site, 'before-restore')
  const input = { ...common, backupId }
  const changes = { fromBackupId, safetyBackupId: backupId }
  return beginOperation(tx, request, { definition: restoreSiteInPlace, input, action, changes }, options)
}

export async function beginArchival(
  tx: Tx,
  request: FastifyRequest,
  siteId: string,
  options: SiteRoutesOptions,
): Started {
  const site = await lockSiteFor(tx, siteId, 'archive')
  const backupId = await newBackup(tx, site, 'archive')
  const stateBefore = site.state === 'suspended' ? ('suspended' as const) : ('active' as const)
  const input = { siteId, backupId, stateBefore }
  const beginning = { definition: archiveSite, input, action: 'site.archival-requested', changes: { backupId } }
  return beginOperation(tx, request, beginning, options)
}

export async function beginRevival(
  tx: Tx,
  request: FastifyRequest,
  siteId: string,
  options: SiteRoutesOptions,
): Started {
  await lockSiteFor(tx, siteId, 'revive')
  const backup = await newestVerifiedBackup(tx, siteId)
  if (backup === undefined) {
    throw backupProblems.problem('backup-not-found', 'This site has no verified backup to revive it from.')
  }
  await refuseFullDisk(options, Number(backup.plain_bytes ?? 0) * restoreRoom)
  const input = { siteId, backupId: backup.id }
  const changes = { backupId: backup.id }
  return beginOperation(
    tx,
    request,
    { definition: reviveSite, input, action: 'site.revival-requested', changes },
    options,
  )
}
