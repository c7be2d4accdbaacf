import { setTimeout as pause } from 'node:timers/promises'
import { readSealingKey } from '@platen/drivers/snapshots'
import { consoleHost, consoleUrl } from '@platen/kit/config'
import { listenOnSocket } from '@platen/kit/http'
import { createLogger, type Logger } from '@platen/kit/logging'
import { DATABASE_PORT } from '@platen/kit/names'
import { OperationRunner } from '@platen/kit/operations'
import { migrate } from '@platen/kit/sql'
import { prepareSpareSigningKey } from '@platen/identity'
import { backUpSite, restoreSiteAsNew } from './backups/index.ts'
import { ensureCertificates } from './certificates/index.ts'
import type { ManagerConfig } from './config.ts'
import { createManagerApi } from './http-api.ts'
import { forgetOldKeys } from './idempotency/index.ts'
import { ensureInfrastructure } from './infrastructure/index.ts'
import { managerMigrations } from './migrations.ts'
import { ensureSnapshotKey } from './platform-key.ts'
import { buildBenchSnapshot, buildEdgeSnapshot } from './publishing/index.ts'
import { ensureSetupCode } from './setup/index.ts'
import { createSite, dropSite, restartSite, resumeSite, suspendSite } from './sites/index.ts'
import { startInternalServer } from './snapshots/index.ts'
import { wire, type Wiring } from './wiring.ts'

/** How often what should exist is looked at again: certificates that near their end, a setup code that ran out. */
const upkeepMs = 60_000
const retryMs = 2_000
const acknowledgementMs = 15_000

export const siteOperations = [createSite, suspendSite, resumeSite, restartSite, dropSite, backUpSite, restoreSiteAsNew]

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
  const api = await createManagerApi(wiring, { logger, isReady: () => state })
  await ensureSetupCode(wiring.workerDb, wiring.paths.setupCode)
  await listenOnSocket(api, wiring.sockets.manager)

  const runner = createRunner(wiring, logger)
  const works = config.role !== 'api'
  if (works) await runner.start()
  const upkeep = works ? keepUp(wiring, logger, stopping.signal, (next) => (state = next)) : Promise.resolve()
  if (!works) state = { ok: true, detail: 'a worker prepares the benches' }
  prepareSpareSigningKey()

  return {
    logger,
    async stop() {
      stopping.abort()
      await api.shutdown()
      await runner.stop()
      await upkeep
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

/** Makes servers, bench, template and certificates exist, tries again until they do, then looks again every minute. */
async function keepUp(
  wiring: Wiring,
  logger: Logger,
  signal: AbortSignal,
  report: (state: { ok: boolean; detail: string }) => void,
): Promise<void> {
  const { config, workerDb: db, hub: snapshots } = wiring
  const certificates = { ...wiring, db, snapshots, issuerName: 'local-ca', zone: config.platform.zone }
  const infrastructure = {
    ...wiring,
    db,
    snapshots,
    containerPrefix: config.platform.prefix,
    benchProcesses: config.benchProcesses,
    benchMemoryMb: config.benchMemoryMb,
  }
  let prepared = false
  while (!signal.aborted) {
    let nextMs = upkeepMs
    try {
      const published = prepared ? [] : await ensureInfrastructure(infrastructure)
      prepared = true
      published.push(...(await ensureCertificates(certificates)))
      await ensureSetupCode(db, wiring.paths.setupCode)
      await forgetOldKeys(db)
      // Ready means that visitors get in: the edge has its certificate, the benches their sites.
      const silent = await snapshots.waitUntilAcknowledged(published, { signal, timeoutMs: acknowledgementMs })
      if (silent.length > 0) logger.warn({ silent }, 'not every consumer serves what was published')
      report({ ok: true, detail: 'ready' })
    } catch (error) {
      if (signal.aborted) return
      logger.warn({ err: error }, 'the platform is not ready yet; trying again')
      report({ ok: prepared, detail: error instanceof Error ? error.message : 'not ready' })
      nextMs = retryMs
    }
    await pause(nextMs, undefined, { signal }).catch(() => undefined)
  }
}
