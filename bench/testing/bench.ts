/** One bench process for tests: the real site server over real databases, fed with snapshots by hand. */
import { randomBytes } from 'node:crypto'
import { MemoryMailer } from '@platen/drivers/mail'
import { MemoryObjects } from '@platen/drivers/objects'
import { type BenchSnapshot, type BenchSnapshotSite } from '@platen/drivers/snapshots'
import { readPlatformSettings } from '@platen/kit/config'
import type { HttpServer, RateLimits } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import type { EventHandler } from '@platen/kit/outbox'
import { createWebhookLanes, tenantAddresses, type WebhookLanesOptions } from '@platen/kit/webhooks'
import { createDeliveries, createSealing, type Deliveries } from '../src/site-api/index.ts'
import {
  createSiteJobs,
  siteJobDeps,
  siteJobs,
  type SiteJobDeps,
  type SiteJobsOptions,
} from '../src/site-jobs/index.ts'
import { createSiteServer } from '../src/site-server.ts'
import { createSiteRegistry, type ServedSite, type SiteRegistry, type SiteRegistryOptions } from '../src/sites/index.ts'
import { password, type TestSite } from './site.ts'

export const logger = createLogger({ name: 'bench-test', level: 'fatal' })
const platform = readPlatformSettings({ PLATEN_ZONE: 'platen.test' })
/** Receivers of tests listen here. */
const webhookAddresses = tenantAddresses(['127.0.0.1'])
const siteUrl = (host: string): string => `https://${host}:32443`

export interface TestBench {
  sealingKey: Buffer
  registry: SiteRegistry
  deliveries: Deliveries
  server: HttpServer
  objects: MemoryObjects
  mailer: MemoryMailer
  /** Applies a snapshot of exactly these sites; answers the problems. */
  serve(...sites: BenchSnapshotSite[]): string[]
  call(site: { host: string }, method: Method, path: string, options?: CallOptions): Promise<Answer>
  /** An access token of a new person with this role. */
  tokenOf(site: TestSite, role?: string): Promise<string>
  close(): Promise<void>
}

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

interface CallOptions {
  token?: string | undefined
  body?: object | Buffer | undefined
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
  /** What the body holds, for the assertions of the test. */
  body: Record<string, unknown>
}

interface Options extends Partial<SiteRegistryOptions> {
  handlersOf?: (site: ServedSite) => readonly EventHandler[]
  sweepMs?: number
  /** Absent: none. */
  rateLimits?: RateLimits
  webhooks?: Partial<WebhookLanesOptions>
  /** Instead of the jobs of every site. */
  jobs?: Partial<SiteJobsOptions<SiteJobDeps>>
}

export async function openTestBench({
  handlersOf = () => [],
  sweepMs,
  webhooks,
  jobs,
  rateLimits,
  ...options
}: Options = {}): Promise<TestBench> {
  const objects = new MemoryObjects()
  const sealingKey = randomBytes(32)
  const mailer = new MemoryMailer()
  const onChange = (siteId: string): void => {
    const site = registry.byId(siteId)
    if (site !== undefined) deliveries.nudge(site)
  }
  const registry = createSiteRegistry({
    sealingKey,
    objects,
    siteUrl,
    onChange,
    processName: 'bench-test-1',
    logger,
    ...options,
  })
  const sealing = createSealing({ logger })
  const deliveries = createDeliveries({
    registry,
    handlersOf,
    jobs: createSiteJobs({
      jobs: siteJobs,
      depsOf: (site) => siteJobDeps(site, { mailer, siteUrl }),
      logger,
      ...jobs,
    }),
    webhooks: createWebhookLanes({ rule: webhookAddresses, logger, ...webhooks }),
    tend: (site) => sealing.seal(site),
    logger,
    ...(sweepMs === undefined ? {} : { sweepMs }),
  })
  const ready = async () => ({ ok: true, checks: {} })
  const server = await createSiteServer({
    name: 'bench-test-1',
    registry,
    deliveries,
    sealing,
    platform,
    webhookAddresses,
    logger: options.logger ?? logger,
    ready,
    ...(rateLimits === undefined ? {} : { rateLimits }),
  })
  await server.ready()
  const call = caller(server)
  return {
    sealingKey,
    registry,
    deliveries,
    server,
    objects,
    mailer,
    serve: (...sites) => registry.apply(aSnapshot(...sites)),
    call,
    async tokenOf(site, role = 'gerant') {
      const credentials = { email: await site.aPerson(role), password }
      const answer = await call(site, 'POST', '/auth/login', { body: credentials })
      return String(answer.body['accessToken'])
    },
    async close() {
      await server.close()
      await deliveries.stop()
      await sealing.stop()
      await registry.close()
    },
  }
}

export const aSnapshot = (...sites: BenchSnapshotSite[]): BenchSnapshot => ({
  bench: 'test',
  release: 'test',
  consoleUrl: siteUrl('console.platen.test'),
  sites,
})

function caller(server: HttpServer): TestBench['call'] {
  return async ({ host }, method, path, { token, body, headers = {} } = {}) => {
    const isJson = body !== undefined && !Buffer.isBuffer(body)
    const response = await server.inject({
      method,
      url: /^\/(?:api|\.well-known)\//.test(path) ? path : `/api/v1${path}`,
      headers: {
        host,
        ...(isJson ? { 'content-type': 'application/json' } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: isJson ? JSON.stringify(body) : body }),
    })
    const isObject = /json/.test(String(response.headers['content-type']))
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: isObject ? response.json<Record<string, unknown>>() : {},
    }
  }
}
