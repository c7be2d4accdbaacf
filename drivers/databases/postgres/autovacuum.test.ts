// A database can be removed while the server's own autovacuum is at work in it.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eventually } from '@platen/kit/testing'
import { aSiteRequest } from '../conformance.ts'
import { PostgresDatabaseServer } from './driver.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

let cluster: PrivateCluster
let server: PostgresDatabaseServer

beforeAll(async () => {
  // Comes at once, and takes its time.
  cluster = await privateCluster({
    autovacuum_naptime: '1s',
    autovacuum_vacuum_threshold: '1',
    autovacuum_vacuum_scale_factor: '0',
    autovacuum_vacuum_cost_delay: '100ms',
    autovacuum_vacuum_cost_limit: '1',
  })
  server = new PostgresDatabaseServer(cluster.provisioner)
})
afterAll(async () => {
  await server?.close()
  await cluster?.remove()
})

test('a database is removed while autovacuum works in it', async () => {
  const request = aSiteRequest()
  await server.ensureSiteDatabase(request)
  await cluster.query(
    { ...cluster.superuser, database: request.name },
    `create table busy as select n, repeat('x', 500) as t from generate_series(1, 20000) n; update busy set n = n + 1`,
  )
  await eventually(
    async () => {
      const working = await cluster.query(
        cluster.superuser,
        `select from pg_stat_activity where backend_type = 'autovacuum worker' and datname = '${request.name}' and query like '%busy%'`,
      )
      return working.length > 0
    },
    { timeoutMs: 30_000, describe: 'autovacuum at work' },
  )
  await server.removeSiteDatabase({
    name: request.name,
    roles: request.roles.map(({ name }) => name),
    session: 'op:t:1',
  })
  expect(await server.describe()).toMatchObject({ databases: [], roles: [] })
})
