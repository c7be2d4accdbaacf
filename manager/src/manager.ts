import { setTimeout as pause } from 'node:timers/promises'
import { readSealingKey } from '@platen/drivers/snapshots'
import { consoleHost, consoleUrl } from '@platen/kit/config'
import { listenOnSocket, readAllowedOrigins, readRateLimits } from '@platen/kit/http'
import { createJobRunner, type JobRunner } from '@platen/kit/jobs'
import { createLogger, type Logger } from '@platen/kit/logging'
import { DATABASE_PORT } from '@platen/kit/names'
import { OperationRunner } from '@platen/kit/operations'
import { pruneDelivered } from '@platen/kit/outbox'
import { migrate } from '@platen/kit/sql'
import { createWebhookLanes, forgetOldAttempts } from '@platen/kit/webhooks'
import { expiringSchedule, createAuditTrail, prepareSpareSigningKey } from '@platen/identity'
import { deliverAlert, keepWatching, sendAlertMail } from './alerts/index.ts'
import {
  archiveSite,
  backUpSite,
  drillBackup,
  keepScheduling,
  pruneBackups,
  restoreBrokenSite,
  restoreSiteAsNew,
  restoreSiteInPlace,
  reviveSite,
} from './backups/index.ts'
import { keepAuditTrail } from './audit/index.ts'
import { ensureCertificates } from './certificates/index.ts'
import type { ManagerConfig } from './config.ts'
import { eventHandlers } from './event-handlers.ts'
import { controlPlaneWebhooks, startRelay } from './events/index.ts'
import { createManagerApi } from './http-api.ts'
import { createDiagnosis } from './diagnosis/index.ts'
import { forgetOldKeys } from './idempotency/index.ts'
import { ensureInfrastructure } from './infrastructure/index.ts'
import { sharedJobDeps, sharedJobs } from './jobs/index.ts'
import { managerMigrations } from './migrations.ts'
import { ensureSnapshotKey } from './platform-key.ts'
import { buildBenchSnapshot, buildEdgeSnapshot } from './publishing/index.ts'
import { createPlatformReconciler, startReconciling } from './reconciliation/index.ts'
import { ensureSetupCode } from './setup/index.ts'
import { createSite, dropSite, restartSite, resumeSite, returnSite, suspendSite } from './sites/index.ts'
import { startInternalServer } from './snapshots/index.ts'
import { provisionTenantDefaults, sendRegistrationMail } from './tenants/index.ts'
import { measureUsage, measuringSchedule } from './usage/index.ts'
import { wire, type Wiring } from './wiring.ts'

/** How often what only time changes is looked at again: a setup code that ran out. All else is reconciled. */
const upkeepMs = 60_000
/** What killed processes leave in the object store is invisible and only takes room. */
const sweepMs = 6 * 3_600_000
/** Events that everybody has got are kept this long, to look at and to replay. */
const eventDays = 30
const retryMs = 2_000
const acknowledgementMs = 15_000

export const siteOperations = [
  createSite,
  suspendSite,
  resumeSite,
  restartSite,
  dropSite,
  returnSite,
  backUpSite,
  drillBackup,
  restoreSiteAsNew,
  restoreSiteInPlace,
  restoreBrokenSite,
  archiveSite,
  reviveSite,
  pruneBackups,
]

export interface Manager {
  logger: Logger
  stop(): Promise<void>
}

/** Starts the control plane: database first, then what benches and edge are told, then the API, then the operations. */
export async function startManager(config: ManagerConfig): Promise<Manager> {
  const logger = createLogger({ name: 'manager', level: config.platform.logLevel })
  const wiring = await wire(config)
  await migrate(wiring.ownerConnection, managerMigrations)
  const stopping = new AbortController()
  let state = { ok: false, detail: 'the bench is being prepared' }

  const internal = await publishSnapshots(wiring, logger)
  const certificates = certificateOptions(wiring)
  const reconciler = createPlatformReconciler({
    ...wiring,
    ...certificates,
    benchMemoryMb: config.benchMemoryMb,
    logger,
  })
  const diagnosis = createDiagnosis({ ...wiring, db: wiring.workerDb })
  const api = await createManagerApi(
    { ...wiring, reconciler, diagnosis, archiveKey: wiring.siteDeps.archiveKey },
    { logger, isReady: () => state, rateLimits: readRateLimits(), allowedOrigins: readAllowedOrigins() },
  )
  await ensureSetupCode(wiring.workerDb, wiring.paths.setupCode)
  await listenOnSocket(api, wiring.sockets.manager)

  const runner = createRunner(wiring, logger)
  const works = config.role !== 'api'
  const jobs = createJobs(wiring, logger)
  if (works) await Promise.all([runner.start(), jobs.start()])
  const { workerDb: db, workerConnection: connection } = wiring
  const webhooks = {
    lanes: createWebhookLanes({ rule: wiring.webhookAddresses, logger }),
    place: controlPlaneWebhooks({ db, vault: wiring.vault }),
  }
  const relay = works
    ? await startRelay({ db, connection, handlers: eventHandlers(wiring), webhooks, logger })
    : undefined
  const watching = works ? keepWatching({ ...wiring, db: wiring.workerDb }, logger, stopping.signal) : Promise.resolve()
  const trail = createAuditTrail({ db: wiring.workerDb, place: wiring.auditAnchors })
  const sealing = works ? keepAuditTrail({ ...wiring, trail }, logger, stopping.signal) : Promise.resolve()
  let scheduling = Promise.resolve()
  let reconciling: { stop(): Promise<void> } | undefined
  // Before benches and certificates exist for the first time there is nothing to compare with, and no backup would pass its drill.
  const onPrepared = async (): Promise<void> => {
    reconciling = await startReconciling({ reconciler, connection: wiring.workerConnection, logger })
    scheduling = keepScheduling({ db: wiring.workerDb }, logger, stopping.signal)
  }
  const upkeep = works
    ? keepUp(wiring, logger, stopping.signal, { report: (next) => (state = next), onPrepared })
    : Promise.resolve()
  if (!works) state = { ok: true, detail: 'a worker prepares the benches' }
  prepareSpareSigningKey()

  return {
    logger,
    async stop() {
      stopping.abort()
      await api.shutdown()
      await Promise.all([runner.stop(), jobs.stop(), relay?.stop()])
      await Promise.all([upkeep, watching, sealing])
      await scheduling
      await reconciling?.stop()
      await internal.close()
      await wiring.close()
    },
  }
}

/** Serves what benches and the edge long-poll for, signed with the platform's key and sealed for each consumer. */
async function publishSnapshots(wiring: Wiring, logger: Logger): Promise<{ close(): Promise<void> }> {
  const { workerDb: db, vault, paths, sockets, hub } = wiring
  return startInternalServer({
    socketPath: sockets.managerInternal,
    db,
    hub,
    signingKey: await ensureSnapshotKey(db, vault, paths.keys.managerPublic),
    logger,
    build: async (tx, row) => {
      const sealingKey = await readSealingKey(paths.keys.consumer(row.consumer))
      return row.bench_id === null
        ? buildEdgeSnapshot(tx, sealingKey, edgeOptions(wiring))
        : buildBenchSnapshot(tx, row.bench_id, sealingKey, benchOptions(wiring))
    },
  })
}

const createRunner = ({ workerDb, workerConnection, siteDeps, databases }: Wiring, log: Logger) =>
  new OperationRunner({
    db: workerDb,
    connection: workerConnection,
    definitions: siteOperations,
    deps: siteDeps,
    workerId: `manager-${process.pid}`,
    // What an earlier owner still has running on the database server must be over before its successor acts.
    onTakeover: async (_previous, { tagPrefix, tag }) => void (await databases.endSessions(tagPrefix, tag)),
    log,
  })

function createJobs({ workerDb: db, workerConnection, config, ...parts }: Wiring, log: Logger): JobRunner {
  const { mailer, vault, databases, objects, reportFiles } = parts
  const known = { db, mailer, vault, databases, objects, reportFiles, consoleUrl: consoleUrl(config.platform) }
  const deps = { ...known, ...sharedJobDeps(known) }
  return createJobRunner<typeof deps>({
    connection: workerConnection,
    jobs: [sendAlertMail, deliverAlert, measureUsage, sendRegistrationMail, provisionTenantDefaults, ...sharedJobs],
    schedules: [measuringSchedule, expiringSchedule],
    deps,
    workerId: `manager-${process.pid}`,
    concurrency: 4,
    log,
  })
}

const benchOptions = ({ vault, sockets, config }: Wiring) => ({
  vault,
  databaseHost: sockets.postgresDirectory,
  databasePort: DATABASE_PORT,
  consoleUrl: consoleUrl(config.platform),
})

const edgeOptions = ({ vault, sockets, config: { platform } }: Wiring) => ({
  vault,
  sockets,
  zone: platform.zone,
  consoleHost: consoleHost(platform),
  httpsPort: platform.httpsPort,
})

const certificateOptions = (wiring: Wiring) => ({
  ...wiring,
  db: wiring.workerDb,
  snapshots: wiring.hub,
  issuerName: 'local-ca',
  zone: wiring.config.platform.zone,
})

interface UpkeepListener {
  report(state: { ok: boolean; detail: string }): void
  /** Once. */
  onPrepared(): Promise<void>
}

/** Makes servers, bench, template and certificates exist and tries again until they do; from then on they are reconciled. */
async function keepUp(
  wiring: Wiring,
  logger: Logger,
  signal: AbortSignal,
  { report, onPrepared }: UpkeepListener,
): Promise<void> {
  const { config, workerDb: db, hub: snapshots } = wiring
  const infrastructure = {
    ...wiring,
    db,
    snapshots,
    containerPrefix: config.platform.prefix,
    benchProcesses: config.benchProcesses,
    benchMemoryMb: config.benchMemoryMb,
  }
  let prepared = false
  let sweptAtMs = -Infinity
  while (!signal.aborted) {
    let nextMs = upkeepMs
    try {
      const published = prepared ? [] : await ensureInfrastructure(infrastructure)
      if (!prepared) {
        published.push(...(await ensureCertificates(certificateOptions(wiring))))
        await onPrepared()
      }
      prepared = true
      await ensureSetupCode(db, wiring.paths.setupCode)
      await forgetOldKeys(db)
      await wiring.identity.keys.rotateWhenDue()
      // Ready means that visitors get in: the edge has its certificate, the benches their sites.
      const silent = await snapshots.waitUntilAcknowledged(published, { signal, timeoutMs: acknowledgementMs })
      if (silent.length > 0) logger.warn({ silent }, 'not every consumer serves what was published')
      report({ ok: true, detail: 'ready' })
      if (performance.now() - sweptAtMs > sweepMs) {
        sweptAtMs = performance.now()
        const swept = await wiring.objects.sweep?.({ signal })
        await pruneDelivered(db, { olderThanDays: eventDays })
        await forgetOldAttempts(db)
        if (swept?.removed) logger.info(swept, 'files that killed processes had left in the object store were removed')
      }
    } catch (error) {
      if (signal.aborted) return
      logger.warn({ err: error }, 'the platform is not ready yet; trying again')
      report({ ok: prepared, detail: error instanceof Error ? error.message : 'not ready' })
      nextMs = retryMs
    }
    await pause(nextMs, undefined, { signal }).catch(() => undefined)
  }
}
