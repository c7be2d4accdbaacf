// The runtime contract through the client the manager uses, over a real unix socket, with roles as the provisioner makes them.
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { PlatenRuntime, type RuntimeConnection } from '@platen/drivers/runtimes'
import { runtimeConformance, type RuntimeFixture } from '@platen/drivers/runtimes/conformance'
import { listenOnSocket } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { openDatabase, rows, sql } from '@platen/kit/sql'
import { createSiteGroupRoles, temporaryDirectory, testServer } from '@platen/kit/testing'
import { sealFor, sealingContexts } from '@platen/drivers/snapshots'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { logger, openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, password as personsPassword, type TestSite } from '../../testing/site.ts'
import { createRuntimeServer } from '../wiring.ts'

/** A bench that serves the runtime contract on a socket, and the client of it. */
async function openRuntime() {
  const directory = await temporaryDirectory()
  const bench = await openTestBench()
  const { host, port = 5432 } = testServer()
  const server = await createRuntimeServer(
    { registry: bench.registry, database: { host, port }, processName: 'bench-test-1' },
    { logger, ready: async () => ({ ok: true, checks: {} }) },
  )
  const socketPath = join(directory.path, 'private.sock')
  await listenOnSocket(server, socketPath)
  return {
    bench,
    server,
    runtime: new PlatenRuntime([socketPath]),
    async close() {
      await server.shutdown()
      await bench.close()
      await directory.remove()
    },
  }
}

runtimeConformance('platen', async (): Promise<RuntimeFixture> => {
  const { bench, runtime, close } = await openRuntime()
  const server = testServer()
  const db = openDatabase({ ...server, max: 1 })
  const user = `test_owner_${randomBytes(6).toString('hex')}`
  const password = randomBytes(18).toString('base64url')
  await createSiteGroupRoles(server)
  await sql`CREATE ROLE ${sql.id(user)} LOGIN PASSWORD ${sql.lit(password)} IN ROLE platen_site_owner`.execute(db)
  const databases: string[] = []
  const create = async (template: string): Promise<RuntimeConnection> => {
    const database = `test_runtime_${randomBytes(6).toString('hex')}`
    await sql`CREATE DATABASE ${sql.id(database)} TEMPLATE ${sql.id(template)} STRATEGY wal_log OWNER ${sql.id(user)}`.execute(
      db,
    )
    databases.push(database)
    return { database, user, password: new Secret(password) }
  }
  return {
    runtime,
    emptyDatabase: () => create('template0'),
    clone: ({ database }) => create(database),
    async serve(id, { database }) {
      const host = `${id}.platen.test`
      const problems = bench.serve({
        id,
        name: id,
        hosts: [host],
        state: 'active',
        generation: 1,
        database: {
          host: server.host,
          port: server.port ?? 5432,
          name: database,
          user,
          sealedPassword: sealFor(bench.sealingKey, password, sealingContexts.databasePassword(id)),
          maxConnections: 2,
        },
        sealedDataKey: sealFor(bench.sealingKey, randomBytes(32), sealingContexts.dataKey(id)),
        plan: { title: 'Essai', maxStorageBytes: 1, maxUsers: 1 },
        objectPrefix: `sites/${id}/`,
      })
      expect(problems).toEqual([])
    },
    async close() {
      await close()
      for (const database of databases) await sql`DROP DATABASE ${sql.id(database)} WITH (FORCE)`.execute(db)
      await sql`DROP ROLE ${sql.id(user)}`.execute(db)
      await db.destroy()
    },
  }
})

describe('the runtime of a bench', () => {
  let opened: Awaited<ReturnType<typeof openRuntime>>
  let bench: TestBench
  let a: TestSite
  let b: TestSite

  beforeAll(async () => {
    ;[opened, a, b] = await Promise.all([openRuntime(), openTestSite('anvil'), openTestSite('bellows')])
    bench = opened.bench
    bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
  })
  afterAll(async () => {
    await opened.close()
    await Promise.all([a.close(), b.close()])
  })

  const ask = (site: TestSite, email: string) =>
    opened.runtime.issueTicket({ siteId: site.id, email, actorLabel: 'op@example.fr', expiresInSeconds: 60 })
  const redeem = (site: TestSite, ticket: Secret) =>
    bench.call(site, 'POST', '/auth/tickets', { body: { ticket: ticket.expose() } })

  test('lets the first administrator in by ticket, once, on the right host, to set a password', async () => {
    const email = 'chef@example.fr'
    const connection = { database: a.database.name, user: testServer().user, password: testServer().password }
    if (connection.password === undefined) throw new Error('the test server has a password')
    const { database, user, password } = { ...connection, password: connection.password }
    await opened.runtime.seedAdministrator({
      siteId: a.id,
      connection: { database, user, password },
      email,
      name: 'Chef',
    })
    const { token: ticket } = await ask(a, email)
    expect((await redeem(b, ticket)).status).toBe(401)
    const answer = await redeem(a, ticket)
    expect([answer.status, answer.body['mustSetPassword']]).toEqual([200, true])
    expect((await redeem(a, ticket)).status).toBe(401)
    const token = String(answer.body['accessToken'])
    expect((await bench.call(a, 'GET', '/auth/me', { token })).body).toMatchObject({
      user: { email, roles: [{ id: 'gerant', system: true }] },
    })
    const change = { body: { newPassword: personsPassword }, token }
    expect((await bench.call(a, 'PUT', '/auth/password', change)).status).toBe(204)
    const login = { body: { email, password: personsPassword } }
    expect((await bench.call(a, 'POST', '/auth/login', login)).status).toBe(200)
    const audit = await rows(
      a.database.db,
      sql<{ action: string }>`SELECT action FROM identity.audit_entries ORDER BY at`,
    )
    expect(audit.map(({ action }) => action)).toEqual([
      'administrator.seeded',
      'session.opened-by-ticket',
      'password.changed',
      'session.opened',
    ])
  })

  test('gives a ticket for a suspended site, which lets nobody in until the site is resumed', async () => {
    const email = await a.aPerson('gerant')
    bench.serve(a.entry(bench.sealingKey, { state: 'suspended' }), b.entry(bench.sealingKey))
    const { token: ticket } = await ask(a, email)
    expect((await redeem(a, ticket)).status).toBe(503)
    bench.serve(a.entry(bench.sealingKey), b.entry(bench.sealingKey))
    expect((await redeem(a, ticket)).status).toBe(200)
  })

  test('refuses a digest that could not read every table', async () => {
    const reader = `test_reader_${randomBytes(6).toString('hex')}`
    await sql`CREATE ROLE ${sql.id(reader)} LOGIN PASSWORD 'x' IN ROLE platen_site_reader`.execute(a.database.db)
    const connection = { database: a.database.name, user: reader, password: new Secret('x') }
    await expect(opened.runtime.digest({ connection })).rejects.toMatchObject({ kind: 'unavailable' })
    await sql`DROP ROLE ${sql.id(reader)}`.execute(a.database.db)
  })

  test('refuses what is not in its contract', async () => {
    const send = (payload: object) => opened.server.inject({ method: 'POST', url: '/runtime/tickets', payload })
    const request = { siteId: newId(), email: 'a@example.fr', actorLabel: 'op', expiresInSeconds: 60 }
    expect((await send({ ...request, role: 'gerant' })).statusCode).toBe(422)
    expect((await send({ ...request, expiresInSeconds: 3_600 })).statusCode).toBe(422)
    expect((await send({ ...request, siteId: `x' --` })).statusCode).toBe(422)
  })

  test('is not reachable through the host of a site', async () => {
    for (const path of ['/runtime', '/api/v1/../../runtime', '/api/v1/runtime']) {
      const answer = await bench.server.inject({ method: 'GET', url: path, headers: { host: a.host } })
      expect(answer.statusCode).toBe(404)
    }
  })
})
