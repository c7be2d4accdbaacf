import { z } from 'zod'
import { pageOf, pageQuery, type HttpServer } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { withScope } from '@platen/kit/sql'
import { principalOf } from '@platen/identity'
import { operationSchema } from '../operations/index.ts'
import { scopeOf } from '../scope.ts'
import {
  beginOperation,
  lockSite,
  requireSite,
  reserveSite,
  siteProblems,
  startedAnswer,
  type SiteRoutesOptions,
  type SiteRow,
} from '../sites/index.ts'
import { backUpSite } from './back-up-site.ts'
import { insertBackup, listBackups, requireBackup, type BackupRow } from './backup-store.ts'
import { backupSchema, toBackupAnswer } from './backup-view.ts'
import { backupProblems } from './problems.ts'
import { restoreSiteAsNew } from './restore-site-as-new.ts'
import { statesWithDatabase } from './schedule-store.ts'

const params = z.strictObject({ id: z.uuid() })
const begunBackup = z.strictObject({ backup: backupSchema, operation: operationSchema })

export function registerBackupRoutes(app: HttpServer, options: SiteRoutesOptions): void {
  registerReading(app, options)
  registerMaking(app, options)
  registerRestoring(app, options)
}

function registerReading(app: HttpServer, { db }: SiteRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/sites/:id/backups',
    config: { policy: { kind: 'permission', permission: 'backups.read' }, problems: ['site-not-found'] },
    schema: {
      tags: ['backups'],
      summary: 'List the backups of a site, newest first',
      params,
      querystring: pageQuery.extend({ cursor: z.uuid().optional() }),
      response: { 200: pageOf(backupSchema) },
    },
    handler: async (request) => {
      const { cursor, limit } = request.query
      const found = await withScope(db, scopeOf(principalOf(request)), async (tx) => {
        const { id: siteId } = await requireSite(tx, request.params.id)
        return listBackups(tx, { siteId, beforeId: cursor, limit: limit + 1 })
      })
      const items = found.slice(0, limit).map(toBackupAnswer)
      return { items, nextCursor: found.length > limit ? (items.at(-1)?.id ?? null) : null }
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/backups/:id',
    config: { policy: { kind: 'permission', permission: 'backups.read' }, problems: ['backup-not-found'] },
    schema: { tags: ['backups'], summary: 'Read a backup', params, response: { 200: backupSchema } },
    handler: async (request) =>
      toBackupAnswer(await withScope(db, scopeOf(principalOf(request)), (tx) => requireBackup(tx, request.params.id))),
  })
}

function registerMaking(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/sites/:id/backups',
    config: {
      policy: { kind: 'permission', permission: 'backups.create' },
      problems: ['site-not-found', 'site-action-refused'],
    },
    schema: {
      tags: ['backups'],
      summary: 'Back up a site, and prove that the backup restores',
      params,
      response: { 202: begunBackup },
    },
    handler: async (request, reply) => {
      const answer = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
        const site = await lockSite(tx, request.params.id)
        refuseBackup(site)
        const backupId = newId()
        await insertBackup(tx, { id: backupId, tenantId: site.tenant_id, siteId: site.id })
        const input = { siteId: site.id, backupId }
        const beginning = { definition: backUpSite, input, action: 'backup.requested', changes: { backupId } }
        const { operation } = await beginOperation(tx, request, beginning, options)
        return { backup: toBackupAnswer(await requireBackup(tx, backupId)), operation }
      })
      return reply.code(202).send(answer)
    },
  })
}

function refuseBackup({ state, operation_type: operation }: SiteRow): void {
  if (!statesWithDatabase.includes(state))
    throw siteProblems.problem(
      'site-action-refused',
      `This site cannot be backed up. It is ${state}. Nothing was changed.`,
    )
  if (operation !== null)
    throw siteProblems.problem(
      'site-action-refused',
      `The operation "${operation}" is still running on this site. Nothing was changed.`,
    )
}

function registerRestoring(app: HttpServer, options: SiteRoutesOptions): void {
  app.route({
    method: 'POST',
    url: '/api/v1/backups/:id/restorations',
    config: {
      policy: { kind: 'permission', permission: 'backups.restore' },
      problems: [
        'backup-not-found',
        'backup-not-verified',
        'site-name-invalid',
        'site-name-reserved',
        'site-name-taken',
        'site-quota-reached',
        'disk-space-low',
      ],
    },
    schema: {
      tags: ['backups'],
      summary: 'Restore a backup as a new site of the same organisation',
      params,
      body: z.strictObject({ name: z.string().max(300).meta({ example: 'my-shop-yesterday' }) }),
      response: { 202: startedAnswer },
    },
    handler: async (request, reply) => {
      const answer = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
        const { site_id: sourceId } = await requireBackup(tx, request.params.id)
        // Under the lock of its site, so that it is not chosen for removal meanwhile.
        const source = await lockSite(tx, sourceId)
        const backup = await requireBackup(tx, request.params.id)
        refuseUnverified(backup)
        const wanted = {
          tenantId: backup.tenant_id,
          name: request.body.name,
          planId: source.plan_id,
          adminEmail: source.admin_email,
          adminName: source.admin_name,
        }
        const input = { siteId: await reserveSite(tx, wanted, options), backupId: backup.id }
        const changes = { name: wanted.name, backupId: backup.id, from: source.name }
        const beginning = { definition: restoreSiteAsNew, input, action: 'backup.restoration-requested', changes }
        return beginOperation(tx, request, beginning, options)
      })
      return reply.code(202).send(answer)
    },
  })
}

function refuseUnverified({ state }: BackupRow): void {
  if (state === 'verified') return
  const detail = `Only a verified backup can be restored. This one is ${state}. Nothing was changed.`
  throw backupProblems.problem('backup-not-verified', detail)
}
