// The real HTTP API of the manager in a test, called without a socket. Every problem it answers with must be one that its route
// lists or that follows from policy and schemas: the API document would be wrong otherwise, and `close` says so.
import { join } from 'node:path'
import type { InjectOptions } from 'fastify'
import { MemoryCertificates } from '@platen/drivers/certificates'
import { InboxMailer } from '@platen/drivers/mail'
import { MemoryObjects } from '@platen/drivers/objects'
import { MemoryRunner } from '@platen/drivers/runners'
import type { Identity } from '@platen/identity'
import { readPlatformSettings } from '@platen/kit/config'
import type { HttpServer, RateLimits } from '@platen/kit/http'
import { createLogger, type LogLevel } from '@platen/kit/logging'
import { dataPaths } from '@platen/kit/names'
import { temporaryDirectory } from '@platen/kit/testing'
import { tenantAddresses } from '@platen/kit/webhooks'
import { createDiagnosis } from '../src/diagnosis/index.ts'
import { reportFilesOf } from '../src/jobs/index.ts'
import { createManagerApi, type ApiParts } from '../src/http-api.ts'
import { createPlatformReconciler } from '../src/reconciliation/index.ts'
import type { RegistrationMode } from '../src/config.ts'
import { createConsoleIdentity } from '../src/console-identity.ts'
import { ensureAnchorSigner } from '../src/platform-key.ts'
import { aPerson, aTenant, type TestPerson, type TestTenant } from './builders.ts'
import type { TestPlatform } from './platform.ts'

/** The members of answers that tests look at. Which of them are there depends on the route and the status: a test knows. */
export interface AnswerBody {
  code: string
  errors: { pointer: string; message: string }[]
  items: AnswerBody[]
  nextCursor: string | null
  site: AnswerBody
  operation: AnswerBody
  plan: AnswerBody
  tenant: AnswerBody
  operationIds: string[]
  slug: string
  id: string
  name: string
  url: string
  state: string
  price: { amount: string; currency: string }
  steps: { name: string; state: string; startedAt: string; endedAt: string }[]
  log: { message: string }[]
  processes: { name: string }[]
  accessToken: string
  expiresAt: string
  certificatePem: string
  fingerprintSha256: string
  notAfter: string
  instance: string
}

export interface Answer {
  status: number
  headers: Record<string, unknown>
  text: string
  /** The text as JSON; an empty object where it is none. */
  body: AnswerBody
  cookies: { name: string; value: string }[]
}

export interface Call {
  method: NonNullable<InjectOptions['method']>
  /** Below /api/v1, unless `isWhole`. */
  path: string
  isWhole?: boolean
  body?: unknown
  headers?: Record<string, string>
  as?: Pick<TestPerson, 'accessToken'>
}

export interface TestApi {
  app: HttpServer
  identity: Identity
  runner: MemoryRunner
  parts: ApiParts
  setupCodeFile: string
  /** Bytes that the disk is said to have free. */
  disk: { freeBytes: number }
  readiness: { ok: boolean; detail: string }
  /** What the API logged, from `info` on unless something else is asked for. */
  logged: string[]
  call(request: Call): Promise<Answer>
  /** Somebody new with that role, in a tenant of their own unless one is given. */
  person(who: { role: string; tenant?: TestTenant; operator?: boolean; hashed?: boolean }): Promise<TestPerson>
  close(): Promise<void>
}

/** Codes that any route may answer with: they follow from its policy, its schemas and the server, see kit/http. */
const impliedCodes = new Set(
  (
    'request-invalid list-query-invalid malformed-request too-large unsupported-media-type not-found method-not-allowed ' +
    'credentials-missing session-ended forbidden origin-refused dependency-unavailable internal'
  ).split(' '),
)

interface ApiSettings {
  registration?: RegistrationMode
  rateLimits?: RateLimits
  logLevel?: LogLevel
}

export async function testApi(
  platform: TestPlatform,
  addRoutes: (app: HttpServer) => void = () => undefined,
  { logLevel = 'info', rateLimits, ...settings }: ApiSettings = {},
): Promise<TestApi> {
  const directory = await temporaryDirectory()
  const platformSettings = readPlatformSettings({ PLATEN_DATA_DIR: directory.path })
  const disk = { freeBytes: 1024 ** 4 }
  const readiness = { ok: true, detail: 'ready' }
  const logged: string[] = []
  const unlisted = new Set<string>()
  const { apiDb, vault, workerDb } = platform
  const runner = new MemoryRunner()
  const inbox = new InboxMailer({ directory: join(directory.path, 'inbox'), from: `platen@${platformSettings.zone}` })
  const identity = createConsoleIdentity(apiDb, vault, platformSettings)
  const issuer = new MemoryCertificates({ zone: platformSettings.zone })
  const parts: ApiParts = {
    config: {
      platform: platformSettings,
      benchProcesses: 1,
      benchMemoryMb: 256,
      registration: 'closed',
      role: 'api',
      ...settings,
    },
    paths: { ...dataPaths(directory.path), setupCode: join(directory.path, 'setup-code') },
    vault,
    apiDb,
    apiConnection: platform.apiConnection,
    identity,
    auditAnchors: {
      objects: new MemoryObjects(),
      database: 'test',
      signer: () => ensureAnchorSigner(workerDb, vault),
    },
    issuer,
    runner,
    runtimeOf: () => platform.runtime,
    freeDiskBytes: async () => disk.freeBytes,
    objects: platform.objects,
    reportFiles: reportFilesOf(platform.objects, platform.vaultKey),
    archiveKey: platform.deps.archiveKey,
    reconciler: createPlatformReconciler({
      ...platform,
      db: workerDb,
      snapshots: platform.hub,
      prober: platform.deps.prober,
      runner,
      issuer,
      issuerName: 'memory',
      zone: platformSettings.zone,
      addresses: ['127.0.0.1'],
      benchMemoryMb: 256,
    }),
    diagnosis: createDiagnosis({
      ...platform,
      db: workerDb,
      runner,
      issuer,
      paths: dataPaths(directory.path),
      diskSpace: async () => ({ freeBytes: disk.freeBytes, totalBytes: disk.freeBytes * 2 }),
      mailer: inbox,
      inbox,
      askEdge: async () => ({ ok: true, detail: 'Answers.' }),
      dumpTools: async () => ({ major: 18, version: '18.0', source: 'package' }),
    }),
    mailer: inbox,
    inbox,
    webhookAddresses: tenantAddresses(['127.0.0.1']),
  }
  const logger = createLogger({ name: 'manager', level: logLevel, destination: { write: (line) => logged.push(line) } })
  const app = await createManagerApi(parts, {
    logger,
    isReady: () => readiness,
    consoleDirectory: null,
    ...(rateLimits === undefined ? {} : { rateLimits }),
  })
  addRoutes(app)
  app.addHook('onResponse', async ({ problemCode, method, routeOptions }) => {
    if (problemCode === null || impliedCodes.has(problemCode)) return
    if (routeOptions.config.problems?.includes(problemCode) !== true)
      unlisted.add(`${method} ${routeOptions.url ?? ''} answered ${problemCode}: add it to the problems of the route`)
  })
  const call = async ({ method, path, isWhole = false, body, headers = {}, as }: Call): Promise<Answer> => {
    const response = await app.inject({
      method,
      url: isWhole ? path : `/api/v1${path}`,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${as.accessToken}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body: parse(response.body, String(response.headers['content-type'])),
      cookies: response.cookies.map(({ name, value }) => ({ name, value })),
    }
  }
  return {
    app,
    identity,
    runner,
    parts,
    setupCodeFile: parts.paths.setupCode,
    disk,
    readiness,
    logged,
    call,
    person: async ({ tenant, ...who }) =>
      aPerson({ workerDb, identity }, { ...who, tenantId: (tenant ?? (await aTenant(platform))).tenantId }),
    async close() {
      await app.shutdown({ drainMs: 100 })
      await directory.remove()
      if (unlisted.size > 0) throw new Error([...unlisted].join('\n'))
    },
  }
}

function parse(text: string, contentType: string): AnswerBody {
  // Tests of the API's answers are what checks their shape.
  return (/[/+]json/.test(contentType) && text !== '' ? JSON.parse(text) : {}) as AnswerBody
}
