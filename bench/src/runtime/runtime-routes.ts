import { z } from 'zod'
import { runtimeWire } from '@platen/drivers/runtimes'
import type { HttpServer } from '@platen/kit/http'
import { SITE_GROUP_ROLES } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { migrate, openDatabase, type Connection } from '@platen/kit/sql'
import { releaseApps, releaseMigrations, releaseName } from '../release.ts'
import type { SiteRegistry } from '../sites/index.ts'
import { adoptDatabase } from './adopt-database.ts'
import { digestTables } from './digest-tables.ts'
import { issueSiteTicket } from './issue-site-ticket.ts'
import { seedAdministrator } from './seed-administrator.ts'
import { smokeTest } from './smoke-test.ts'

export interface RuntimeRoutesOptions {
  registry: SiteRegistry
  /** Where site databases are reached from here. */
  database: { host: string; port: number }
  processName: string
}

const policy = {
  kind: 'public',
  reason: 'only the manager of this machine can open the private socket (0600)',
} as const

/** The runtime contract (drivers/runtimes) as this release serves it, on the bench's private socket. */
export function registerRuntimeRoutes(
  app: HttpServer,
  { registry, database, processName }: RuntimeRoutesOptions,
): void {
  const connectionOf = (given: { database: string; user: string; password: string }): Connection => ({
    ...database,
    database: given.database,
    user: given.user,
    password: new Secret(given.password),
    applicationName: processName,
    max: 1,
  })

  app.route({
    method: 'GET',
    url: '/runtime',
    config: { policy },
    schema: { response: { 200: runtimeWire.description } },
    handler: async () => ({ release: releaseName, apps: releaseApps }),
  })

  const migrateDatabase = (given: { database: string; user: string; password: string }) =>
    migrate(connectionOf(given), releaseMigrations, { role: SITE_GROUP_ROLES.owner })

  app.route({
    method: 'POST',
    url: '/runtime/templates',
    config: { policy },
    schema: { body: runtimeWire.templateRequest, response: { 204: z.null() } },
    handler: async (request, reply) => {
      await migrateDatabase(request.body.connection)
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'POST',
    url: '/runtime/migrations',
    config: { policy },
    schema: { body: runtimeWire.migrationRequest, response: { 200: runtimeWire.migrationAnswer } },
    handler: (request) => migrateDatabase(request.body.connection),
  })

  app.route({
    method: 'POST',
    url: '/runtime/administrators',
    config: { policy },
    schema: { body: runtimeWire.administratorRequest, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const { connection, ...administrator } = request.body
      const db = openDatabase(connectionOf(connection))
      try {
        await seedAdministrator(db, administrator)
      } finally {
        await db.destroy()
      }
      return reply.code(204).send(null)
    },
  })

  app.route({
    method: 'POST',
    url: '/runtime/tickets',
    config: { policy, problems: ['site-not-served', 'site-user-unknown'] },
    schema: { body: runtimeWire.ticketRequest, response: { 200: runtimeWire.ticketAnswer } },
    handler: async (request) => {
      const ticket = await issueSiteTicket(registry, request.body)
      return { token: ticket.token, expiresAt: ticket.expiresAt.toISOString() }
    },
  })

  app.route({
    method: 'POST',
    url: '/runtime/digests',
    config: { policy },
    schema: { body: runtimeWire.digestRequest, response: { 200: runtimeWire.digestAnswer } },
    handler: async (request) => {
      const db = openDatabase(connectionOf(request.body.connection))
      try {
        return { tables: await digestTables(db, request.body.snapshot) }
      } finally {
        await db.destroy()
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/runtime/smoke-tests',
    config: { policy },
    schema: { body: runtimeWire.smokeTestRequest, response: { 200: runtimeWire.smokeTestAnswer } },
    handler: async (request) => {
      const db = openDatabase(connectionOf(request.body.connection))
      try {
        return await smokeTest(db, request.body.siteId)
      } finally {
        await db.destroy()
      }
    },
  })

  app.route({
    method: 'POST',
    url: '/runtime/adoptions',
    config: { policy },
    schema: { body: runtimeWire.adoptionRequest, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const { connection, ...sites } = request.body
      const db = openDatabase({ ...connectionOf(connection), role: SITE_GROUP_ROLES.owner })
      try {
        await adoptDatabase(db, sites)
      } finally {
        await db.destroy()
      }
      return reply.code(204).send(null)
    },
  })
}
