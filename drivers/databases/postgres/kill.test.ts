// kill -9 of the server process that does the work. The postmaster then restarts all of them: hence a private cluster.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clientConfig } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import pg from 'pg'
import { aSiteRequest } from '../conformance.ts'
import { PostgresDatabaseServer } from './driver.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

let cluster: PrivateCluster
let server: PostgresDatabaseServer
const template = 't_00000000deadbeef'

beforeAll(async () => {
  cluster = await privateCluster()
  server = new PostgresDatabaseServer(cluster.provisioner)
  // Big enough that copying it takes a while.
  await server.ensureTemplate(template, async (connection) => {
    await cluster.query(
      { ...connection, role: 'platen_site_owner' },
      `create schema big; create table big.filler as select n, repeat('x', 500) as t from generate_series(1, 60000) n`,
    )
  })
})
afterAll(async () => {
  await server?.close()
  await cluster?.remove()
})

/** Kills the backend with that session name once it runs a statement like `pattern`; gives up when `call` has ended. */
async function killBackend(session: string, pattern: string, alsoWhen: string, call: Promise<unknown>): Promise<void> {
  const state = { isOver: false, isKilled: false }
  const over = (): void => void (state.isOver = true)
  call.then(over, over)
  const watcher = new pg.Client(clientConfig(cluster.superuser))
  // The postmaster ends every session before it recovers: that is how we know that it has noticed.
  const noticed = new Promise<void>((resolve) => watcher.once('end', resolve))
  watcher.on('error', () => {})
  await watcher.connect()
  await eventually(
    async () => {
      const { rows } = await watcher.query<{ pid: number }>(
        `select pid from pg_stat_activity where application_name = $1 and state = 'active' and query ilike $2 and ${alsoWhen}`,
        [session, pattern],
      )
      state.isKilled = rows[0] !== undefined && process.kill(rows[0].pid, 'SIGKILL')
      return state.isKilled || state.isOver
    },
    { timeoutMs: 10_000, describe: `a backend that runs ${pattern}` },
  )
  if (!state.isKilled) return void (await watcher.end())
  await noticed
  await eventually(async () => (await server.check()).ok, { timeoutMs: 20_000, describe: 'crash recovery' })
}

test('kill -9 during CREATE DATABASE: the call is unavailable, the folder is reported, repeating ends well', async () => {
  const request = aSiteRequest({ template, session: 'op:kill-create:1' })
  // The new folder exists: the copy is on its way.
  const copying = `exists (select from pg_ls_dir('base') d where d ~ '^[0-9]+$' and not exists (select from pg_database where oid = d::oid))`
  const creating = server.ensureSiteDatabase(request)
  const killing = killBackend(request.session, 'create database%', copying, creating)
  const [outcome] = await Promise.allSettled([creating, killing])
  expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable', retryable: true } })
  const { databases, orphanDirectories } = await server.describe()
  expect(databases.find((database) => database.name === request.name)).toBeUndefined()
  expect(orphanDirectories).toHaveLength(1)
  // Killed before the first file was copied, it holds nothing yet.
  expect(orphanDirectories[0]?.sizeBytes).toBeGreaterThanOrEqual(0)

  expect(await server.ensureSiteDatabase(request)).toEqual({ created: true })
  expect((await server.describe()).orphanDirectories).toEqual(orphanDirectories)
  const app = request.roles.find((role) => role.kind === 'app')
  await cluster.query(
    { ...cluster.superuser, database: request.name, user: app?.name ?? '', ...(app ? { password: app.password } : {}) },
    'select 1',
  )
}, 60_000)

test('kill -9 during DROP DATABASE: what is left is reported as half dropped, and dropping again ends well', async () => {
  const request = aSiteRequest({ template, session: 'op:kill-drop:1' })
  const roles = request.roles.map((role) => role.name)
  const remove = () => server.removeSiteDatabase({ name: request.name, roles, session: request.session })
  const invalid = `exists (select from pg_database where datname = '${request.name}' and datconnlimit = -2)`
  // On a busy machine the drop may be over before it is seen: then it is tried on another one.
  await eventually(
    async () => {
      await server.ensureSiteDatabase(request)
      const dropping = remove()
      const killing = killBackend(request.session, 'drop database%', invalid, dropping)
      const [outcome] = await Promise.allSettled([dropping, killing])
      if (outcome.status === 'fulfilled') return false
      expect(outcome.reason).toMatchObject({ kind: 'unavailable' })
      return (await server.describe()).databases.find((database) => database.name === request.name)?.halfDropped
    },
    { timeoutMs: 40_000, describe: 'a kill in time' },
  )

  await remove()
  const after = await server.describe()
  expect(after.databases.find((database) => database.name === request.name)).toBeUndefined()
  expect(after.roles.filter((role) => roles.includes(role.name))).toEqual([])
}, 60_000)

test('a half-dropped database of the wanted name is dropped and made again', async () => {
  const request = aSiteRequest({ template })
  await server.ensureSiteDatabase(request)
  // What a killed DROP leaves in the catalog; the server refuses connections to it.
  await cluster.query(cluster.superuser, `update pg_database set datconnlimit = -2 where datname = '${request.name}'`)
  expect(await server.ensureSiteDatabase(request)).toEqual({ created: true })
})

test('kill -9 while a template is built: the rest is thrown away and it is built again', async () => {
  const name = 't_1111111111111111'
  const building = server.ensureTemplate(name, async (connection) => {
    await cluster.query(connection, 'create schema half_done')
    await cluster.query({ ...connection, applicationName: 'op:kill-build:1' }, 'select pg_sleep(30)')
  })
  const killing = killBackend('op:kill-build:1', '%pg_sleep%', 'true', building)
  const [outcome] = await Promise.allSettled([building, killing])
  expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } })
  await server.ensureTemplate(name, async (connection) => {
    expect(await cluster.query(connection, `select nspname from pg_namespace where nspname = 'half_done'`)).toEqual([])
  })
  expect(await cluster.query(cluster.superuser, `select rolname from pg_roles where rolname like '%builder'`)).toEqual(
    [],
  )
}, 60_000)
