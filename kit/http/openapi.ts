/** OpenAPI 3.1 of a server: made from its Zod schemas, policies and problem tables, committed under openapi/ and compared by tests. */
import { readFile, writeFile } from 'node:fs/promises'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { allowedQueryOf } from '../lists/index.ts'
import { findProblem } from '../problems/index.ts'
import { shouldUpdateReference } from './config.ts'
import type { HttpServer } from './http-server.ts'
import type { RouteConfig, RoutePolicy } from './route-policy.ts'

interface DocumentedRoute {
  readonly method: string
  readonly path: string
  readonly config: Partial<RouteConfig>
  readonly takesBody: boolean
  readonly takesInput: boolean
  /** Its query is that of a `defineList`. */
  readonly isList: boolean
}

// By server, filled as its routes are registered. A WeakMap and not a decorator: nothing else needs it.
const documentedRoutes = new WeakMap<object, DocumentedRoute[]>()

/** Called by createHttpServer before any route is registered. */
export async function describeApi(
  app: HttpServer,
  info: { title: string; description: string; version: string },
): Promise<void> {
  const routes: DocumentedRoute[] = []
  documentedRoutes.set(app.platform, routes)
  app.addHook('onRoute', (route) => {
    const schema = route.schema ?? {}
    const takesInput =
      schema.body !== undefined ||
      schema.querystring !== undefined ||
      schema.params !== undefined ||
      schema.headers !== undefined
    for (const method of [route.method].flat()) {
      const path = route.url.replaceAll(/:([^/]+)/g, '{$1}')
      routes.push({
        method: method.toLowerCase(),
        path,
        config: route.config ?? {},
        takesBody: schema.body !== undefined,
        takesInput,
        isList: isObject(schema.querystring) && allowedQueryOf(schema.querystring) !== undefined,
      })
    }
  })
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info,
      components: { securitySchemes: { accessToken: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } } },
    },
    transform: jsonSchemaTransform,
    transformObject: jsonSchemaTransformObject,
  })
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }
type JsonObject = Record<string, Json>

/** As much of the specification's shape as we edit. */
interface OpenApiShape {
  readonly paths?: Record<string, Record<string, Operation>>
  readonly components?: Record<string, JsonObject>
}

interface Operation {
  readonly responses?: JsonObject
  readonly [member: string]: Json | undefined
}

/** The document, in an order that depends on nothing but its content: paths and component names sorted. */
export async function openApiDocument(app: HttpServer): Promise<object> {
  await app.ready()
  // Through JSON to drop undefined members and to be free to edit; swagger() gives plain data.
  const document = JSON.parse(JSON.stringify(app.swagger())) as OpenApiShape
  const routes = documentedRoutes.get(app.platform) ?? []
  const paths: Record<string, JsonObject> = {}
  for (const [path, item] of Object.entries(document.paths ?? {}).sort(byKey)) {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method]
      const route = routes.find((candidate) => candidate.path === path && candidate.method === method)
      return operation === undefined || route === undefined
        ? []
        : [[method, describeOperation(operation, route)] as const]
    })
    paths[path] = Object.fromEntries(operations)
  }
  const schemas = usedSchemas(paths, { ...document.components?.['schemas'], Problem: PROBLEM_SCHEMA })
  return { ...document, paths, components: { ...document.components, schemas } }
}

/**
 * Compares the document with the committed file. With PLATEN_UPDATE_REFERENCE=true (or `update`) it is written instead.
 * @throws Error naming the first line that differs.
 */
export async function writeOrCompareOpenApi(
  app: HttpServer,
  file: string | URL,
  options: { update?: boolean } = {},
): Promise<'same' | 'written'> {
  const text = `${JSON.stringify(await openApiDocument(app), null, 2)}\n`
  const committed = await readFile(file, 'utf8').catch(() => '')
  if (committed === text) return 'same'
  if (options.update ?? shouldUpdateReference()) {
    await writeFile(file, text)
    return 'written'
  }
  const [now, then] = [text.split('\n'), committed.split('\n')]
  const line = now.findIndex((content, index) => content !== then[index])
  const what = `line ${line + 1} is ${JSON.stringify(then[line] ?? '(absent)')} and would be ${JSON.stringify(now[line])}`
  throw new Error(
    `${String(file)} is not what the routes say: ${what}. Run the test with PLATEN_UPDATE_REFERENCE=true and commit the file.`,
  )
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const

function describeOperation(operation: Operation, route: DocumentedRoute): JsonObject {
  const { policy } = route.config
  const { responses, ...rest } = operation
  const answers: JsonObject = { ...responses }
  if (route.config.versioned === true && route.method === 'get') answers['304'] = { description: 'Nothing differs' }
  for (const [status, codes] of problemsByStatus(route)) answers[status] ??= problemResponse(codes)
  // What any request may meet would only repeat itself under each route, but where the status is there anyway.
  answers['default'] = {
    description: 'Any other problem',
    content: { 'application/problem+json': { schema: PROBLEM_REFERENCE } },
  }
  return {
    operationId: operationId(route),
    ...rest,
    'x-policy': describePolicy(policy),
    ...(route.config.idempotent === true ? { 'x-idempotent': true } : {}),
    ...(route.config.cost === undefined ? {} : { 'x-cost': route.config.cost }),
    ...(policy === undefined || policy.kind === 'public' ? {} : { security: [{ accessToken: [] }] }),
    responses: Object.fromEntries(Object.entries(answers).sort(byKey)),
  }
}

/** `GET /api/v1/sites/{id}` -> `getSitesById` */
function operationId({ method, path }: DocumentedRoute): string {
  const words = path
    .replace(/^\/api\/v\d+/, '')
    .split('/')
    .filter((segment) => segment !== '')
    .map((segment) => (segment.startsWith('{') ? `by-${segment.slice(1, -1)}` : segment))
    .flatMap((segment) => segment.split(/[^A-Za-z0-9]+/))
  return method + words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('')
}

function describePolicy(policy: RoutePolicy | undefined): string {
  if (policy === undefined) return 'none'
  if (policy.kind === 'permission') return `permission:${policy.permission}`
  return policy.kind
}

function problemsByStatus({ config, takesBody, takesInput, isList }: DocumentedRoute): Map<string, string[]> {
  const codes = new Set(config.problems)
  if (config.policy?.kind !== 'public') for (const code of ['credentials-missing', 'session-ended']) codes.add(code)
  if (config.policy?.kind === 'permission' || config.policy?.kind === 'operator') codes.add('forbidden')
  if (config.sameOrigin === true) codes.add('origin-refused')
  if (takesInput) codes.add('request-invalid')
  if (isList) codes.add('list-query-invalid')
  if (takesBody) for (const code of ['too-large', 'unsupported-media-type']) codes.add(code)
  const statuses = new Set([...codes].flatMap((code) => statusOf(code) ?? []))
  const byStatus = new Map<string, string[]>()
  for (const code of [...codes, ...ANY_ROUTE].toSorted()) {
    const status = statusOf(code)
    if (status === undefined || !statuses.has(status)) continue
    byStatus.set(status, [...new Set([...(byStatus.get(status) ?? []), code])])
  }
  return byStatus
}

// `session-ended` is a problem of identity: a server without it never answers so.
const statusOf = (code: string): string | undefined => findProblem(code)?.definition.status.toString()

const ANY_ROUTE = [
  'malformed-request',
  'not-found',
  'too-large',
  'unsupported-media-type',
  'rate-limited',
  'dependency-unavailable',
  'shutting-down',
]

function problemResponse(codes: readonly string[]): Json {
  const titles = codes.map((code) => findProblem(code)?.definition.title ?? code)
  const schema = { allOf: [PROBLEM_REFERENCE], properties: { code: { enum: codes } } }
  return { description: titles.join('; '), content: { 'application/problem+json': { schema } } }
}

/** Schema ids are process-wide in Zod; only those this document refers to, directly or through others, belong in it. */
function usedSchemas(paths: Json, all: Record<string, Json>): JsonObject {
  const used = new Set<string>()
  const visit = (value: Json): void => {
    for (const [, name] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (name === undefined || used.has(name)) continue
      used.add(name)
      visit(all[name] ?? null)
    }
  }
  visit(paths)
  return Object.fromEntries([...used].sort().map((name) => [name, all[name] ?? {}]))
}

const PROBLEM_REFERENCE: Json = { $ref: '#/components/schemas/Problem' }

const PROBLEM_SCHEMA: Json = {
  type: 'object',
  description:
    'RFC 9457 problem; `code` is stable, `title` and `detail` are prose. Members beside these belong to the code.',
  required: ['type', 'title', 'status', 'detail', 'code', 'retryable'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string' },
    retryable: { type: 'boolean' },
    instance: { type: 'string' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['pointer', 'message'],
        properties: { pointer: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function byKey(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}

/** The routes of a server with their policies, for coverage tables such as tenant isolation. */
export function listRoutes(
  app: FastifyInstance,
): readonly { method: string; path: string; config: Partial<RouteConfig> }[] {
  return (documentedRoutes.get(app.platform) ?? []).map(({ method, path, config }) => ({
    method: method.toUpperCase(),
    path,
    config,
  }))
}
