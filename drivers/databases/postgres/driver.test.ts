import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@platen/kit/secrets'
import { clientConfig, type Connection } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import pg from 'pg'
import { aSiteRequest, databaseServerConformance } from '../conformance.ts'
import type { SiteDatabaseRequest, SiteRoleKind } from '../contract.ts'
import { PostgresDatabaseServer } from './driver.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

let cluster: PrivateCluster
let server: PostgresDatabaseServer
const template = 't_0123456789abcdef'

beforeAll(async () => {
  cluster = await privateCluster()
  server = new PostgresDatabaseServer(cluster.provisioner)
  await server.ensureTemplate(template, async (connection) => {
    await cluster.query(
      { ...connection, role: 'platen_site_owner' },
      `create schema commerce; create table commerce.products (id int primary key);
       insert into commerce.products values (1), (2);
       grant usage on schema commerce to platen_site_app, platen_site_reader;
       grant select, insert, update, delete on commerce.products to platen_site_app;
       grant select on commerce.products to platen_site_reader;
       create table commerce.made_under_own_name (id int);`,
    )
    await cluster.query(connection, 'create table commerce.forgotten_role (id int)')
  })
})
afterAll(async () => {
  await server?.close()
  await cluster?.remove()
})

databaseServerConformance('postgres', async () => {
  const own = await privateCluster()
  const subject = new PostgresDatabaseServer(own.provisioner, own)
  const asOwner = (request: SiteDatabaseRequest): Connection => ({
    ...as(request, 'owner'),
    host: subject.endpoint.host,
    role: 'platen_site_owner',
  })
  return {
    server: subject,
    async write(request, text) {
      const quoted = `'${text.replaceAll("'", "''")}'`
      await own.query(
        asOwner(request),
        `create schema if not exists notes; create table if not exists notes.texts (t text);
         grant usage on schema notes to platen_site_dumper; grant select on notes.texts to platen_site_dumper;
         insert into notes.texts values (${quoted})`,
      )
    },
    read: async (request) =>
      (await own.query(asOwner(request), 'select t from notes.texts')).map((row) => String(row['t'])),
    close: () => subject.close().then(own.remove),
  }
})

async function aSite(overrides: Partial<SiteDatabaseRequest> = {}): Promise<SiteDatabaseRequest> {
  const request = aSiteRequest({ template, ...overrides })
  await server.ensureSiteDatabase(request)
  return request
}

function as(request: SiteDatabaseRequest, kind: SiteRoleKind, database = request.name): Connection {
  const role = request.roles.find((candidate) => candidate.kind === kind)
  if (!role) throw new Error(`no ${kind}`)
  return { ...server.endpoint, database, user: role.name, password: role.password, applicationName: 'test' }
}

test('a site has the rows of its template, readable and writable by its app role', async () => {
  const site = await aSite()
  expect(await cluster.query(as(site, 'app'), 'insert into commerce.products values (3) returning id')).toEqual([
    { id: 3 },
  ])
  expect(await cluster.query(as(site, 'reader'), 'select count(*)::int as n from commerce.products')).toEqual([
    { n: 3 },
  ])
  await expect(cluster.query(as(site, 'reader'), 'delete from commerce.products')).rejects.toMatchObject({
    code: '42501',
  })
  await expect(cluster.query(as(site, 'app'), 'drop table commerce.products')).rejects.toMatchObject({ code: '42501' })
  await expect(cluster.query(as(site, 'app'), 'create table public.x (i int)')).rejects.toMatchObject({ code: '42501' })
})

test('the owner migrates: what it makes with SET ROLE belongs to the group, like the template', async () => {
  const site = await aSite()
  await cluster.query(
    { ...as(site, 'owner'), role: 'platen_site_owner' },
    'alter table commerce.products add column name text; create schema extra',
  )
  const owners = await cluster.query(
    as(site, 'owner'),
    `select distinct tableowner as owner from pg_tables where schemaname = 'commerce'`,
  )
  expect(owners).toEqual([{ owner: 'platen_site_owner' }])
})

test.each(['owner', 'app', 'reader', 'dumper'] as const)(
  'the %s role of one site connects to no other database',
  async (kind) => {
    const [mine, other] = await Promise.all([aSite(), aSite()])
    await cluster.query(as(mine, kind), 'select 1')
    for (const database of [other.name, template, 'postgres', 'template1', 'platen']) {
      await expect(cluster.query(as(mine, kind, database), 'select 1'), database).rejects.toMatchObject({
        code: expect.stringMatching(/^(?:42501|55000)$/),
      })
    }
  },
)

test.each(['owner', 'app', 'reader', 'dumper'] as const)(
  'the %s role cannot lift its limits or make roles and databases',
  async (kind) => {
    const site = await aSite()
    const connection = as(site, kind)
    const forbidden = [
      `alter role ${connection.user} connection limit 100`,
      `alter role ${connection.user} createdb`,
      `alter database ${site.name} connection limit 100`,
      `alter database ${site.name} set statement_timeout = 0`,
      `set temp_file_limit = -1`,
      `create role intruder`,
      `create database intruder`,
      `grant platen_provisioner to ${connection.user}`,
      `set role platen_provisioner`,
      `select pg_ls_dir('base')`,
      `select rolpassword from pg_authid`,
      `drop database ${site.name}`,
      `copy (select 1) to program 'true'`,
    ]
    for (const statement of forbidden) {
      const outcome = await cluster.query(connection, statement).then(
        () => 'allowed',
        (error: { code: string }) => error.code,
      )
      expect(outcome, statement).toBe('42501')
    }
    // A grant without the right to grant is a warning in PostgreSQL: what counts is that PUBLIC has nothing.
    await cluster.query(connection, `grant connect on database ${site.name} to public`)
    const acl = await cluster.query(
      cluster.superuser,
      `select datacl::text as acl from pg_database where datname = '${site.name}'`,
    )
    expect(String(acl[0]?.['acl'])).not.toMatch(/[{,]=/)
  },
)

test('the ninth connection of an app role is refused by the server', async () => {
  const site = await aSite()
  const clients = Array.from({ length: 9 }, () => new pg.Client(clientConfig(as(site, 'app'))))
  const outcomes = await Promise.allSettled(clients.map((client) => client.connect()))
  expect(outcomes.filter((outcome) => outcome.status === 'rejected')).toHaveLength(1)
  await Promise.allSettled(clients.map((client) => client.end()))
})

test('sessions of an app role time out by default', async () => {
  const site = await aSite()
  const [row] = await cluster.query(
    as(site, 'app'),
    `select current_setting('statement_timeout') as s, current_setting('lock_timeout') as l`,
  )
  expect(row).toEqual({ s: '30s', l: '5s' })
})

test('the server stores a verifier, and the wrong password does not open', async () => {
  const site = await aSite()
  const [row] = await cluster.query(
    cluster.superuser,
    `select rolpassword as p from pg_authid where rolname = '${site.name}_app'`,
  )
  expect(row?.['p']).toMatch(/^SCRAM-SHA-256\$4096:/)
  await expect(cluster.query({ ...as(site, 'app'), password: new Secret('wrong') }, 'select 1')).rejects.toMatchObject({
    code: '28P01',
  })
})

test('repeating with new passwords changes them', async () => {
  const site = await aSite()
  const again = aSiteRequest({ name: site.name, template })
  expect(await server.ensureSiteDatabase(again)).toEqual({ created: false })
  await cluster.query(as(again, 'app'), 'select 1')
  await expect(cluster.query(as(site, 'app'), 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('another tag does not touch the roles of the first', async () => {
  const site = await aSite()
  await expect(server.ensureSiteDatabase(aSiteRequest({ name: site.name, tag: 'other' }))).rejects.toMatchObject({
    kind: 'already-exists',
  })
  await cluster.query(as(site, 'app'), 'select 1')
})

test('a database nobody handed over is made again from the asked template', async () => {
  const request = aSiteRequest({ template })
  await cluster.query(cluster.provisioner, `create database ${request.name} template template0`)
  expect(await server.ensureSiteDatabase(request)).toEqual({ created: true })
  expect(await cluster.query(as(request, 'app'), 'select count(*)::int as n from commerce.products')).toEqual([
    { n: 2 },
  ])
})

test('a database of somebody else with that name is not touched', async () => {
  const request = aSiteRequest({ template })
  await cluster.query(cluster.superuser, `create database ${request.name}`)
  await expect(server.ensureSiteDatabase(request)).rejects.toMatchObject({ kind: 'already-exists' })
  await cluster.query({ ...cluster.superuser, database: request.name }, 'select 1')
})

test('removing a site that people use ends their sessions', async () => {
  const site = await aSite()
  const client = new pg.Client(clientConfig(as(site, 'app')))
  client.on('error', () => {})
  await client.connect()
  await server.removeSiteDatabase({ name: site.name, roles: site.roles.map((role) => role.name), session: 's' })
  await expect(client.query('select 1')).rejects.toThrow()
})

test('nobody connects to a template, and its builder role is gone', async () => {
  await expect(cluster.query({ ...cluster.provisioner, database: template }, 'select 1')).rejects.toMatchObject({
    code: '55000',
  })
  expect(await cluster.query(cluster.superuser, `select rolname from pg_roles where rolname like '%builder'`)).toEqual(
    [],
  )
})

test('sessions end by prefix, those of other roles and of the new owner stay', async () => {
  const site = await aSite()
  const open = async (applicationName: string) => {
    const client = new pg.Client({ ...clientConfig({ ...as(site, 'app'), applicationName }) })
    client.on('error', () => {})
    await client.connect()
    return client
  }
  const [old, mine, other] = [await open('op:x:1'), await open('op:x:2'), await open('op:y:1')]
  expect(await server.endSessions('op:x:', 'op:x:2')).toBe(1)
  await expect(old.query('select 1')).rejects.toThrow()
  await mine.query('select 1')
  await other.query('select 1')
  await Promise.all([mine.end(), other.end()])
  await expect(server.endSessions('')).rejects.toMatchObject({ kind: 'refused' })
})

test('the session that does the work carries the name of its caller, and gives it back', async () => {
  const name = 't_fedcba9876543210'
  const seen = await new Promise<string[]>((resolve, reject) => {
    server
      .ensureTemplate(name, async () => {
        const rows = await cluster.query(
          cluster.superuser,
          `select application_name as a from pg_stat_activity where usename = 'platen_provisioner'`,
        )
        resolve(rows.map((row) => String(row['a'])))
      })
      .catch(reject)
  })
  expect(seen).toContain(`template:${name}`)
  await eventually(async () => {
    const rows = await cluster.query(
      cluster.superuser,
      `select from pg_stat_activity where application_name like 'template:%'`,
    )
    return rows.length === 0
  })
  await server.removeTemplate(name)
})

test('an abort in the middle ends the work on the server', async () => {
  const request = aSiteRequest({ template })
  const blocker = new pg.Client(clientConfig(cluster.provisioner))
  await blocker.connect()
  await blocker.query(`select pg_advisory_lock(hashtextextended('platen.database.${request.name}', 0))`)
  const controller = new AbortController()
  const call = server.ensureSiteDatabase({ ...request, session: 'op:abort:1' }, { signal: controller.signal })
  const waiting = `select from pg_stat_activity where application_name = 'op:abort:1' and wait_event_type = 'Lock'`
  const refused = expect(call).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  await eventually(
    async () => (await cluster.query(cluster.superuser, waiting.replace('select', 'select 1 as n'))).length === 1,
  )
  controller.abort()
  await refused
  await eventually(
    async () => (await cluster.query(cluster.superuser, waiting.replace('select', 'select 1 as n'))).length === 0,
  )
  await blocker.end()
})

test('a stopped server is unavailable, and check says so instead of throwing', async () => {
  const gone = new PostgresDatabaseServer({ ...cluster.provisioner, host: '/nonexistent' })
  await expect(gone.describe()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
  expect(await gone.check()).toMatchObject({ ok: false, detail: expect.stringContaining('checking the server') })
  await gone.close()
  const stranger = new PostgresDatabaseServer({ ...cluster.provisioner, password: new Secret('x'.repeat(32)) })
  await expect(stranger.describe()).rejects.toMatchObject({ kind: 'unauthorized', retryable: false })
  await stranger.close()
})
