import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { backupPolicySchema, type BackupPolicy } from '../plans/index.ts'
import { scopeOf } from '../scope.ts'
import { lockSite, requireSite, siteProblems } from '../sites/index.ts'
import { nextBackupAt } from './schedule.ts'
import { databaseNow, findPolicySite, hasDatabase, recentAttempts, setOwnPolicy } from './schedule-store.ts'

const url = '/api/v1/sites/:id/backup-schedule'
const params = z.strictObject({ id: z.uuid() })

const scheduleSchema = z
  .strictObject({
    policy: backupPolicySchema,
    source: z.enum(['plan', 'site']).meta({ description: 'Whose policy it is' }),
    planPolicy: backupPolicySchema,
    nextAt: z.iso.datetime().nullable().meta({
      description: 'When the next one begins, or since when it waits for its turn; null while the site has no database',
    }),
  })
  .meta({ id: 'BackupSchedule' })

/** When a site is backed up by itself: read it, give it a policy of its own, take that back. */
export function registerScheduleRoutes(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url,
    config: { policy: { kind: 'permission', permission: 'backups.read' }, problems: ['site-not-found'] },
    schema: {
      tags: ['backups'],
      summary: 'Read when a site is backed up and how long that is kept',
      params,
      response: { 200: scheduleSchema },
    },
    handler: (request) =>
      withScope(db, scopeOf(principalOf(request)), async (tx) => {
        await requireSite(tx, request.params.id)
        return scheduleOf(tx, request.params.id)
      }),
  })
  registerChange(app, db, 'PUT')
  registerChange(app, db, 'DELETE')
}

function registerChange(app: HttpServer, db: Db, method: 'PUT' | 'DELETE'): void {
  const isReset = method === 'DELETE'
  app.route({
    method,
    url,
    config: {
      policy: { kind: 'permission', permission: 'backups.schedule' },
      problems: ['site-not-found', 'site-action-refused'],
    },
    schema: {
      tags: ['backups'],
      summary: isReset ? 'Let a site be backed up as its plan says' : 'Give a site a backup schedule of its own',
      params,
      ...(isReset ? {} : { body: backupPolicySchema }),
      response: { 200: scheduleSchema },
    },
    handler: async (request) => {
      const policy = isReset ? null : (request.body as BackupPolicy) // validated above
      const principal = principalOf(request)
      return withScope(db, scopeOf(principal), async (tx) => {
        const site = await lockSite(tx, request.params.id)
        if (site.state === 'dropped')
          throw siteProblems.problem(
            'site-action-refused',
            'A dropped site is not backed up any more. Nothing was changed.',
          )
        await setOwnPolicy(tx, site.id, policy)
        await appendAudit(tx, {
          tenantId: site.tenant_id,
          actor: actorOf(principal, visitorOf(request)),
          action: isReset ? 'site.backup-schedule-reset' : 'site.backup-schedule-changed',
          resource: 'site',
          resourceId: site.id,
          ...(policy === null ? {} : { changes: policy }),
        })
        return scheduleOf(tx, site.id)
      })
    },
  })
}

async function scheduleOf(tx: Tx, siteId: string): Promise<z.infer<typeof scheduleSchema>> {
  const site = await findPolicySite(tx, siteId)
  if (site === undefined) throw new Error(`site ${siteId} was there a moment ago`)
  const { policy, own, ofPlan } = site
  const now = await databaseNow(tx)
  const attempts = (await recentAttempts(tx, now, siteId)).get(siteId) ?? []
  return {
    policy,
    source: own === null ? 'plan' : 'site',
    planPolicy: ofPlan,
    nextAt: hasDatabase(site) ? nextBackupAt(site, attempts, now).toISOString() : null,
  }
}
