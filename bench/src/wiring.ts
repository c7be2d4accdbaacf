import { join } from 'node:path'
import { FilesystemObjects } from '@platen/drivers/objects'
import { benchSnapshotSchema, SnapshotFollower, waitForSnapshotKeys } from '@platen/drivers/snapshots'
import { createAuthorizer, prepareSpareSigningKey } from '@platen/identity'
import { commerceHandlers } from '@platen/commerce'
import { checkoutDirectory, hostUrl } from '@platen/kit/config'
import { createHttpServer, listenOnSocket, serveWebApp, type HttpServer } from '@platen/kit/http'
import { createLogger, type Logger } from '@platen/kit/logging'
import { benchConsumer, dataPaths, DATABASE_PORT, runDirectory, socketPaths } from '@platen/kit/names'
import type { BenchConfig } from './config.ts'
import { releaseName } from './release.ts'
import { registerRuntimeRoutes } from './runtime/index.ts'
import { createDeliveries, registerSiteApi, type Deliveries } from './site-api/index.ts'
import { resolveSite, siteOf } from './site-api/site-of-request.ts'
import { createSiteRegistry, type SiteRegistry } from './sites/index.ts'

export interface Bench {
  logger: Logger
  stop(): Promise<void>
}

/** Starts one bench process: private socket first, so that a template can be built before any site exists; then the sites. */
export async function startBench(config: BenchConfig): Promise<Bench> {
  const { platform } = config
  const name = benchConsumer(config.benchName, config.benchProcess)
  const logger = createLogger({ name, level: platform.logLevel })
  const paths = dataPaths(platform.dataDirectory)
  const sockets = socketPaths(runDirectory(platform.dataDirectory))
  const keyFiles = { publicKeyFile: paths.keys.managerPublic, sealingKeyFile: paths.keys.consumer(name) }
  const { sealingKey } = await waitForSnapshotKeys(keyFiles)

  const registry = createSiteRegistry({
    sealingKey,
    objects: new FilesystemObjects({ root: paths.objects }),
    siteUrl: (host) => hostUrl(platform, host),
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
  const deliveries = createDeliveries(registry, (site) => commerceHandlers(site.resources().objects), logger)
  const ready = async () => {
    const { version, isManagerReachable, problems } = follower.status()
    return {
      ok: version > 0,
      checks: {
        snapshot: {
          ok: version > 0,
          detail: `version ${version}; ${isManagerReachable ? 'followed' : 'manager away'}; ${problems.join('; ')}`,
        },
      },
    }
  }

  const server = await createSiteServer({ registry, deliveries, config, logger, ready })
  const privateServer = await createHttpServer({
    name: `${name}-private`,
    version: releaseName,
    logger,
    authorize: async () => undefined,
    openapi: { title: 'Platen runtime', description: 'The runtime contract of one bench process' },
    limits: { requestTimeoutMs: 300_000, idleTimeoutMs: 310_000 },
    ready,
  })
  registerRuntimeRoutes(privateServer, {
    registry,
    database: { host: sockets.postgresDirectory, port: DATABASE_PORT },
    processName: name,
  })
  await listenOnSocket(privateServer, sockets.benchPrivate(config.benchName, config.benchProcess))
  await follower.start()
  await listenOnSocket(server, sockets.bench(config.benchName, config.benchProcess))
  prepareSpareSigningKey()
  deliveries.start()

  return {
    logger,
    async stop() {
      await follower.stop()
      await Promise.all([server.shutdown(), privateServer.shutdown()])
      await deliveries.stop()
      await registry.close()
    },
  }
}

export interface SiteServerOptions {
  registry: SiteRegistry
  deliveries: Deliveries
  config: BenchConfig
  logger: Logger
  ready: Parameters<typeof createHttpServer>[0]['ready']
  /** Folder of the built desk; absent where a test needs only the API. */
  deskDirectory?: string | null
}

/** What the edge talks to: the API of every site of this bench, and the desk. */
export async function createSiteServer({
  registry,
  deliveries,
  config,
  logger,
  ready,
  deskDirectory,
}: SiteServerOptions): Promise<HttpServer> {
  const app = await createHttpServer({
    name: benchConsumer(config.benchName, config.benchProcess),
    version: releaseName,
    logger,
    beforePolicy: resolveSite(registry),
    authorize: createAuthorizer((request) => siteOf(request).resources().identity),
    // Pictures come over slow lines.
    limits: { requestTimeoutMs: 60_000 },
    openapi: {
      title: 'Platen site',
      description: 'The HTTP API of one site. Every site has its own host, users and data.',
    },
    ready,
  })
  registerSiteApi(app, { deliveries, platform: config.platform })
  if (deskDirectory !== null)
    await serveWebApp(app, deskDirectory ?? join(checkoutDirectory, 'web/desk/dist'), { reservedPrefixes: ['/api/'] })
  return app
}
