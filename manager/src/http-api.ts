import { join } from 'node:path'
import {
  callerOf,
  createAuditTrail,
  createAuthorizer,
  registerAuditRoutes,
  registerAuthRoutes,
  registerPeopleRoutes,
  registerSigningKeyRoutes,
} from '@platen/identity'
import { checkoutDirectory, consoleUrl, hostUrl, siteHost } from '@platen/kit/config'
import { createHttpServer, serveWebApp, type AllowedOrigins, type HttpServer, type RateLimits } from '@platen/kit/http'
import type { Logger } from '@platen/kit/logging'
import { one, sql } from '@platen/kit/sql'
import { registerAccountRoutes } from './account-routes.ts'
import { registerAlertRoutes, registerAlertWebhookRoutes, registerMailRoutes } from './alerts/index.ts'
import { registerBackupRoutes, registerScheduleRoutes } from './backups/index.ts'
import { registerCertificateRoutes } from './certificates/index.ts'
import { registerDiagnosisRoutes, type Diagnosis } from './diagnosis/index.ts'
import { registerEventRoutes, registerTenantWebhookRoutes } from './events/index.ts'
import { registerInfrastructureRoutes } from './infrastructure/index.ts'
import { registerConsoleJobRoutes } from './jobs/index.ts'
import { registerLogRoutes } from './logs/index.ts'
import { registerOperationRoutes } from './operations/index.ts'
import { registerPlanRoutes } from './plans/index.ts'
import { registerReconciliationRoutes, type Reconciler } from './reconciliation/index.ts'
import { registerRecourseRoutes } from './recourse/index.ts'
import { scopeOf } from './scope.ts'
import { registerSetupRoutes } from './setup/index.ts'
import { registerSiteRoutes } from './sites/index.ts'
import { registerAllTenantRoutes } from './tenants/index.ts'
import type { Wiring } from './wiring.ts'

export const managerVersion = '0.1.0'

/** What of the wiring the HTTP API uses; a test gives memory drivers. */
export type ApiParts = Pick<
  Wiring,
  | 'config'
  | 'paths'
  | 'vault'
  | 'apiDb'
  | 'apiConnection'
  | 'identity'
  | 'auditAnchors'
  | 'issuer'
  | 'runner'
  | 'runtimeOf'
  | 'freeDiskBytes'
  | 'objects'
  | 'reportFiles'
  | 'mailer'
  | 'inbox'
  | 'webhookAddresses'
> & { reconciler: Reconciler; diagnosis: Diagnosis; archiveKey: Wiring['siteDeps']['archiveKey'] }

export interface HttpApiOptions {
  logger: Logger
  /** Beside the database: has the platform been made ready? */
  isReady(): { ok: boolean; detail: string }
  /** Absent: none, as in tests. */
  rateLimits?: RateLimits
  /** Absent: none, as in tests. */
  allowedOrigins?: AllowedOrigins
  /** Folder of the built console; null where a test needs only the API. */
  consoleDirectory?: string | null
}

/** The console's host: the API under /api/v1 and the web app. */
export async function createManagerApi(
  parts: ApiParts,
  { logger, isReady, rateLimits, allowedOrigins, consoleDirectory }: HttpApiOptions,
): Promise<HttpServer> {
  const { platform } = parts.config
  const { apiDb: db, identity } = parts
  const app = await createHttpServer({
    name: 'manager',
    version: managerVersion,
    logger,
    authorize: createAuthorizer(() => identity),
    ...(rateLimits === undefined ? {} : { rateLimits: { limits: rateLimits, callerOf } }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    openapi: {
      title: 'Platen manager',
      description: 'The control plane: sites and the operations that make them what they are.',
    },
    ready: async () => {
      const database = await one(db, sql`SELECT 1 AS answers`).then(
        () => ({ ok: true }),
        (error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : 'no answer' }),
      )
      const infrastructure = isReady()
      return { ok: database.ok && infrastructure.ok, checks: { database, infrastructure } }
    },
  })
  registerSetupRoutes(app, {
    db,
    identity,
    setupCodeFile: parts.paths.setupCode,
    zone: platform.zone,
    consoleUrl: consoleUrl(platform),
    version: managerVersion,
  })
  registerAuthRoutes(app, () => identity)
  registerPeopleRoutes(app, () => identity)
  registerSigningKeyRoutes(app, () => identity, { kind: 'operator' })
  registerAccountRoutes(app, { db })
  registerAllTenantRoutes(app, { db, identity, vault: parts.vault, registration: parts.config.registration })
  const trail = createAuditTrail({ db, place: parts.auditAnchors })
  registerAuditRoutes(app, () => ({ db, trail, scopeOf }))
  registerPlanRoutes(app, { db })
  const sites = {
    db,
    vault: parts.vault,
    siteUrl: (host: string) => hostUrl(platform, host),
    siteHost: (name: string) => siteHost(platform, name),
    runtimeOf: parts.runtimeOf,
    freeDiskBytes: parts.freeDiskBytes,
  }
  registerSiteRoutes(app, sites)
  const backups = { ...sites, objects: parts.objects, archiveKey: parts.archiveKey }
  registerBackupRoutes(app, backups)
  registerScheduleRoutes(app, { db })
  registerRecourseRoutes(app, backups)
  registerOperationRoutes(app, { db, connection: parts.apiConnection })
  registerConsoleJobRoutes(app, { db, reportFiles: parts.reportFiles, consoleUrl: consoleUrl(platform) })
  registerInfrastructureRoutes(app, { db, runner: parts.runner })
  registerLogRoutes(app, { db, runner: parts.runner })
  registerReconciliationRoutes(app, { db, reconciler: parts.reconciler })
  registerAlertRoutes(app, { db })
  registerEventRoutes(app, { db })
  registerAlertWebhookRoutes(app, { db, vault: parts.vault })
  registerTenantWebhookRoutes(app, { ...parts, db })
  registerMailRoutes(app, { mailer: parts.mailer, inbox: parts.inbox })
  registerDiagnosisRoutes(app, { diagnosis: parts.diagnosis })
  registerCertificateRoutes(app, { issuer: parts.issuer })
  if (consoleDirectory !== null) {
    await serveWebApp(app, consoleDirectory ?? join(checkoutDirectory, 'web/console/dist'), {
      reservedPrefixes: ['/api/'],
    })
  }
  return app
}
