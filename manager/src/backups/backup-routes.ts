import { z } from 'zod'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope } from '@platen/kit/sql'
import { principalOf } from '@platen/identity'
import { scopeOf } from '../scope.ts'
import {
  beginOperation,
  lockSite,
  requireSite,
  reserveSite,
  startedAnswer,
  type SiteRoutesOptions,
} from '../sites/index.ts'
import {
  begunBackup,
  beginBackup,
  beginDrill,
  beginArchival,
  beginRestorationInPlace,
  beginRevival,
  requireVerified,
} from './begin-backup.ts'
import { backupList, listBackups, requireBackup } from './backup-store.ts'
import { backupSchema, toBackupAnswer } from './backup-view.ts'
import { registerComparison, type BackupRoutesOptions } from './comparison-route.ts'
import { restoreSiteAsNew } from './restore-site-as-new.ts'

const params = z.strictObject({ id: z.uuid() })

export function registerBackupRoutes(app: HttpServer, options: BackupRoutesOptions): void {
  registerReading(app, options)
  registerComparison(app, options)
  registerMaking(app, options)
  registerRestoring(app, options)
  registerArchival(app, options)
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
      querystring: backupList.query,
      response: { 200: pageOf(backupSchema) },
    },
    handler: async (request) => {
      const page = await withScope(db, scopeOf(principalOf(request)), async (tx) => {
        const { id: siteId } = await requireSite(tx, request.params.id)
        return listBackups(tx, siteId, request.query)
      })
      return mapPage(page, toBackupAnswer)
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
      const answer = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
        beginBackup(tx, request, request.params.id, options),
      )
      return reply.code(202).send(answer)
    },
  })

  app.route({
    method: 'POST',
    url: '/api/v1/backups/:id/drills',
    config: {
      policy: { kind: 'permission', permission: 'backups.create' },
      problems: ['backup-not-found', 'backup-not-verified', 'site-action-refused'],
    },
    schema: {
      tags: ['backups'],
      summary: 'Restore a backup for a test once more, and compare it',
      params,
      response: { 202: startedAnswer },
    },
    handler: async (request, reply) => {
      const answer = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
        beginDrill(tx, request, request.params.id, options),
      )
      return reply.code(202).send(answer)
    },
  })
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
        const backup = await requireVerified(tx, request.params.id)
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
  app.route({
    method: 'POST',
    url: '/api/v1/sites/:id/restorations',
    config: {
      policy: { kind: 'permission', permission: 'backups.restore' },
      problems: ['site-not-found', 'site-action-refused', 'backup-not-found', 'backup-not-verified', 'disk-space-low'],
    },
    schema: {
      tags: ['backups'],
      summary: 'Restore a backup of this site in place; a safety backup is made first',
      params,
      body: z.strictObject({ backupId: z.uuid() }),
      response: { 202: startedAnswer },
    },
    handler: async (request, reply) => {
      const wanted = { siteId: request.params.id, backupId: request.body.backupId }
      const answer = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
        beginRestorationInPlace(tx, request, wanted, options),
      )
      return reply.code(202).send(answer)
    },
  })
}

function registerArchival(app: HttpServer, options: SiteRoutesOptions): void {
  const changes = [
    { method: 'PUT', begin: beginArchival, permission: 'sites.drop', summary: 'Archive a site: its final backup is kept, its database goes' },
    { method: 'DELETE', begin: beginRevival, permission: 'backups.restore', summary: 'Revive an archived site under its name and hosts' },
  ] as const // prettier-ignore
  for (const { method, begin, permission, summary } of changes) {
    app.route({
      method,
      url: '/api/v1/sites/:id/archival',
      config: {
        policy: { kind: 'permission', permission },
        problems: ['site-not-found', 'site-action-refused', 'backup-not-found', 'disk-space-low'],
      },
      schema: { tags: ['sites'], summary, params, response: { 202: startedAnswer } },
      handler: async (request, reply) => {
        const answer = await withScope(options.db, scopeOf(principalOf(request)), (tx) =>
          begin(tx, request, request.params.id, options),
        )
        return reply.code(202).send(answer)
      },
    })
  }
}
