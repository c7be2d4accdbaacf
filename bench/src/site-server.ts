import { callerOf, createAuthorizer } from '@platen/identity'
import type { PlatformSettings } from '@platen/kit/config'
import {
  createHttpServer,
  serveWebApp,
  type AllowedOrigins,
  type HttpServer,
  type RateLimits,
  type Readiness,
} from '@platen/kit/http'
import type { Logger } from '@platen/kit/logging'
import type { AddressRule } from '@platen/kit/webhooks'
import { releaseName } from './release.ts'
import { registerSiteApi, resolveSite, siteOf, type Deliveries, type Sealing } from './site-api/index.ts'
import type { SiteRegistry } from './sites/index.ts'

export interface SiteServerOptions {
  name: string
  registry: SiteRegistry
  deliveries: Deliveries
  sealing: Sealing
  platform: PlatformSettings
  webhookAddresses: AddressRule
  logger: Logger
  ready(): Promise<Readiness>
  /** Absent: none, as in tests. */
  rateLimits?: RateLimits
  /** Absent: none. */
  allowedOrigins?: AllowedOrigins
  /** Folder of the built desk; undefined serves the API alone. */
  deskDirectory?: string | undefined
}

/** What the edge talks to: the API of every site of this bench, and the desk. */
export async function createSiteServer(options: SiteServerOptions): Promise<HttpServer> {
  const { name, registry, deliveries, sealing, platform, webhookAddresses, logger, ready, rateLimits, allowedOrigins } =
    options
  const app = await createHttpServer({
    name,
    version: releaseName,
    logger,
    beforePolicy: resolveSite(registry),
    // The tenant of a site's own people is the site, and that is logged already.
    authorize: createAuthorizer(
      (request) => siteOf(request).resources().identity,
      ({ userId }) => ({ user: userId }),
    ),
    ...(rateLimits === undefined
      ? {}
      : {
          rateLimits: {
            limits: rateLimits,
            callerOf: (request) => ({ accountId: callerOf(request).accountId, tenantId: siteOf(request).snapshot.id }),
          },
        }),
    ...(allowedOrigins === undefined ? {} : { allowedOrigins }),
    // Pictures come over slow lines.
    limits: { requestTimeoutMs: 60_000 },
    openapi: {
      title: 'Platen site',
      description: 'The HTTP API of one site. Every site has its own host, users and data.',
    },
    ready,
  })
  registerSiteApi(app, { deliveries, sealing, platform, webhookAddresses })
  const { deskDirectory } = options
  if (deskDirectory !== undefined) await serveWebApp(app, deskDirectory, { reservedPrefixes: ['/api/'] })
  return app
}
