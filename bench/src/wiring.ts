import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { createEventTarget, readEventTargetConfig, relayHandler } from '@platen/drivers/events'
import { createMailer, readMailConfig } from '@platen/drivers/mail'
import { FilesystemObjects } from '@platen/drivers/objects'
import {
  benchSnapshotSchema,
  SnapshotFollower,
  waitForSnapshotKeys,
  type BenchSnapshot,
} from '@platen/drivers/snapshots'
import { prepareSpareSigningKey, welcomeNewUsers } from '@platen/identity'
import { commerceHandlers } from '@platen/commerce'
import { checkoutDirectory, hostUrl } from '@platen/kit/config'
import {
  createHttpServer,
  listenOnSocket,
  readAllowedOrigins,
  readRateLimits,
  type HttpServer,
  type Readiness,
} from '@platen/kit/http'
import { createLogger, type Logger } from '@platen/kit/logging'
import { benchConsumer, dataPaths, DATABASE_PORT, runDirectory, socketPaths } from '@platen/kit/names'
import { createWebhookLanes, readWebhookAddresses } from '@platen/kit/webhooks'
import type { BenchConfig } from './config.ts'
import { releaseName } from './release.ts'
import { registerRuntimeRoutes, type RuntimeRoutesOptions } from './runtime/index.ts'
import { createDeliveries, createSealing } from './site-api/index.ts'
import { createSiteJobs, siteJobDeps, siteJobs, siteSchedules } from './site-jobs/index.ts'
import { createSiteServer } from './site-server.ts'
import { createSiteRegistry } from './sites/index.ts'

export interface Bench {
  logger: Logger
  stop(): Promise<void>
}

/** Starts one bench process: private socket first, so that a template can be built before any site exists; then the sites. */
export async function startBench({ platform, benchName, benchProcess }: BenchConfig): Promise<Bench> {
  const name = benchConsumer(benchName, benchProcess)
  const logger = createLogger({ name, level: platform.logLevel })
  const paths = dataPaths(platform.dataDirectory)
  const sockets = socketPaths(runDirectory(platform.dataDirectory))
  const keyFiles = { publicKeyFile: paths.keys.managerPublic, sealingKeyFile: paths.keys.consumer(name) }
  const { sealingKey } = await waitForSnapshotKeys(keyFiles)

  const siteUrl = (host: string): string => hostUrl(platform, host)
  const { mailer } = createMailer(await readMailConfig(), { inboxDirectory: paths.inbox })

  const registry = createSiteRegistry({
    sealingKey,
    objects: new FilesystemObjects({ root: paths.objects }),
    siteUrl,
    onChange: (siteId) => nudgeById(siteId),
    processName: name,
    logger,
  })
  const follower = new SnapshotFollower({
    consumer: name,
    schema: benchSnapshotSchema,
    socketPath: sockets.managerInternal,
    file: paths.snapshot(name),
    publicKeyFile: paths.keys.managerPublic,
    apply: async (snapshot) => registry.apply(snapshot),
    logger,
  })
  const eventTarget = createEventTarget(readEventTargetConfig())
  const webhookAddresses = readWebhookAddresses()
  const sealing = createSealing({ logger })
  const deliveries = createDeliveries({
    registry,
    handlersOf: (site) => [
      ...commerceHandlers(site.resources().objects),
      welcomeNewUsers,
      ...(eventTarget === undefined ? [] : [relayHandler(eventTarget, { siteId: site.snapshot.id })]),
    ],
    jobs: createSiteJobs({
      jobs: siteJobs,
      schedules: siteSchedules,
      depsOf: (site) => siteJobDeps(site, { mailer, siteUrl }),
      logger,
    }),
    webhooks: createWebhookLanes({ rule: webhookAddresses, logger }),
    tend: (site) => sealing.seal(site),
    logger,
  })
  const nudgeById = (siteId: string): void => {
    const site = registry.byId(siteId)
    if (site !== undefined) deliveries.nudge(site)
  }
  const ready = () => readiness(follower)
  const deskDirectory = await builtDesk(logger)
  const server = await createSiteServer({
    name,
    registry,
    deliveries,
    sealing,
    platform,
    webhookAddresses,
    logger,
    ready,
    deskDirectory,
    rateLimits: readRateLimits(),
    allowedOrigins: readAllowedOrigins(),
  })
  const database = { host: sockets.postgresDirectory, port: DATABASE_PORT }
  const privateServer = await createRuntimeServer({ registry, database, processName: name }, { logger, ready })
  await listenOnSocket(privateServer, sockets.benchPrivate(benchName, benchProcess))
  await follower.start()
  await listenOnSocket(server, sockets.bench(benchName, benchProcess))
  prepareSpareSigningKey()
  deliveries.start()

  return {
    logger,
    async stop() {
      await follower.stop()
      await Promise.all([server.shutdown(), privateServer.shutdown()])
      await deliveries.stop()
      await eventTarget?.close()
      await sealing.stop()
      await registry.close()
      await mailer.close()
    },
  }
}

/** The private socket: the runtime contract, for the manager alone. */
export async function createRuntimeServer(
  options: RuntimeRoutesOptions,
  { logger, ready }: { logger: Logger; ready(): Promise<Readiness> },
): Promise<HttpServer> {
  const app = await createHttpServer({
    name: `${options.processName}-private`,
    version: releaseName,
    logger,
    authorize: async () => undefined,
    openapi: { title: 'Platen runtime', description: 'The runtime contract of one bench process' },
    // Building a template runs every statement of every app.
    limits: { requestTimeoutMs: 300_000, idleTimeoutMs: 310_000 },
    ready,
  })
  registerRuntimeRoutes(app, options)
  return app
}

async function readiness(follower: SnapshotFollower<BenchSnapshot>): Promise<Readiness> {
  const { version, isManagerReachable, problems } = follower.status()
  const detail = [`version ${version}`, isManagerReachable ? 'followed' : 'manager away', ...problems].join('; ')
  return { ok: version > 0, checks: { snapshot: { ok: version > 0, detail } } }
}

/** Sites must answer even where somebody forgot to build the desk. */
async function builtDesk(logger: Logger): Promise<string | undefined> {
  const directory = join(checkoutDirectory, 'web/desk/dist')
  try {
    await access(join(directory, 'index.html'))
    return directory
  } catch {
    logger.error(
      { directory },
      'the desk is not built, so only the API is served: npm run build, then restart the bench',
    )
    return undefined
  }
}
