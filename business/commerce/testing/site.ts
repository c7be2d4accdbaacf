/** A site for tests: its database, cloned from a migrated template, and the API of commerce over a real server. */
import { appendAudit, identityMigrations } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { createHttpServer, type HttpServer } from '@platen/kit/http'
import { createLogger } from '@platen/kit/logging'
import { outboxMigrations } from '@platen/kit/outbox'
import { kitProblems } from '@platen/kit/problems'
import type { Db } from '@platen/kit/sql'
import { createSiteGroupRoles, testDatabase, type TestDatabase } from '@platen/kit/testing'
import { registerCommerceRoutes, type CommerceContext } from '../index.ts'
import { commerceMigrations } from '../migrations.ts'
import { MemoryObjects } from './memory-objects.ts'

export interface TestSite {
  database: TestDatabase
  /** App role, 8 connections at most: what a site gets. */
  db: Db
  objects: MemoryObjects
  context: CommerceContext
  /** How often a commit asked for deliveries. */
  nudges(): number
  api: TestApi
  close(): Promise<void>
}

export interface Reply<Body> {
  status: number
  body: Body
}

/** Requests to /api/v1. `Body` is what the test expects to read; assertions check it. */
export interface TestApi {
  server: HttpServer
  /** Permissions of the caller; undefined is all. */
  permissions: ReadonlySet<string> | undefined
  call<Body = Record<string, unknown>>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    body?: object | Buffer,
    headers?: Record<string, string>,
  ): Promise<Reply<Body>>
}

export async function openTestSite(): Promise<TestSite> {
  const database = await testDatabase({
    template: 'commerce',
    sets: [outboxMigrations, identityMigrations, commerceMigrations],
    prepare: createSiteGroupRoles,
    role: 'platen_site_owner',
  })
  const db = database.connect('platen_site_app', { max: 8 })
  const objects = new MemoryObjects()
  let nudges = 0
  const context = aContext(db, objects, () => (nudges += 1))
  const api = await openApi(context)
  return {
    database,
    db,
    objects,
    context,
    nudges: () => nudges,
    api,
    async close() {
      await api.server.close()
      await database.drop()
    },
  }
}

function aContext(db: Db, objects: MemoryObjects, afterCommit: () => void): CommerceContext {
  const siteId = newId()
  const actor = { id: newId(), label: 'anne@example.fr', requestId: 'request-1', ip: null }
  return {
    db,
    siteId,
    actor,
    plan: { maxStorageBytes: 50_000 },
    objects,
    audit: (tx, entry) => appendAudit(tx, { ...entry, tenantId: siteId, actor }),
    afterCommit,
  }
}

async function openApi(context: CommerceContext): Promise<TestApi> {
  const api: { permissions: ReadonlySet<string> | undefined } = { permissions: undefined }
  const server = await createHttpServer({
    name: 'commerce-test',
    version: '0.0.0',
    logger: createLogger({ name: 'commerce-test', level: 'fatal' }),
    authorize: async (_request, policy) => {
      if (policy.kind !== 'permission') throw new Error('every route of commerce asks for a permission')
      if (api.permissions?.has(policy.permission) === false) {
        throw kitProblems.problem('forbidden', `The permission ${policy.permission} is missing.`)
      }
    },
    openapi: { title: 'Commerce', description: 'Commerce under test' },
    ready: async () => ({ ok: true, checks: {} }),
  })
  registerCommerceRoutes(server, () => context)
  await server.ready()
  return Object.assign(api, { server, call: caller(server) })
}

function caller(server: HttpServer): TestApi['call'] {
  return async <Body>(method: string, path: string, body?: object | Buffer, headers: Record<string, string> = {}) => {
    const isJson = body !== undefined && !Buffer.isBuffer(body)
    const response = await server.inject({
      method: method as 'GET', // inject lists the methods it knows; all of ours are among them
      url: `/api/v1${path}`,
      headers: { host: 'site.test', ...(isJson ? { 'content-type': 'application/json' } : {}), ...headers },
      ...(body === undefined ? {} : { payload: isJson ? JSON.stringify(body) : body }),
    })
    // The caller names the shape it expects and asserts on it.
    return { status: response.statusCode, body: response.json<Body>() }
  }
}
