import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@platen/kit/secrets'
import { bootstrapServer } from './bootstrap.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

let cluster: PrivateCluster
const secret = (letter: string): Secret => new Secret(letter.repeat(40))
const passwords = { provisioner: secret('p'), owner: secret('o'), api: secret('a'), worker: secret('w') }
beforeAll(async () => {
  cluster = await privateCluster()
})
afterAll(() => cluster?.remove())

test('preparing a server again, and several times at once, changes only the passwords', async () => {
  await Promise.all([bootstrapServer(cluster.superuser, passwords), bootstrapServer(cluster.superuser, passwords)])
  for (const [user, password] of [
    ['platen_owner', passwords.owner],
    ['platen_api', passwords.api],
    ['platen_worker', passwords.worker],
  ] as const) {
    await cluster.query({ ...cluster.superuser, database: 'platen', user, password }, 'select 1')
  }
})

test("no role but the server's own is superuser or bypasses row-level security", async () => {
  const rows = await cluster.query(
    cluster.superuser,
    `select rolname from pg_roles where (rolsuper or rolbypassrls or rolreplication) and rolname <> 'postgres'`,
  )
  expect(rows).toEqual([])
  const makers = await cluster.query(
    cluster.superuser,
    `select rolname from pg_roles where (rolcreaterole or rolcreatedb) and rolname <> 'postgres'`,
  )
  expect(makers).toEqual([{ rolname: 'platen_provisioner' }])
})

test('PUBLIC may connect to no database that the platform uses, nor create in their public schema', async () => {
  const open = await cluster.query(
    cluster.superuser,
    `select datname from pg_database where datname <> 'template0' and exists (
       select from aclexplode(coalesce(datacl, acldefault('d', datdba))) acl where acl.grantee = 0)`,
  )
  expect(open).toEqual([])
  for (const database of ['postgres', 'template1', 'platen']) {
    const rows = await cluster.query(
      { ...cluster.superuser, database },
      `select privilege_type from pg_namespace, aclexplode(nspacl) acl where nspname = 'public' and acl.grantee = 0`,
    )
    expect(rows, database).toEqual([])
  }
})

test("the control plane's roles stay out of the maintenance databases", async () => {
  const api = { ...cluster.superuser, user: 'platen_api', password: passwords.api }
  await bootstrapServer(cluster.superuser, passwords)
  for (const database of ['postgres', 'template1']) {
    await expect(cluster.query({ ...api, database }, 'select 1')).rejects.toMatchObject({ code: '42501' })
  }
  await expect(cluster.query({ ...api, database: 'platen' }, 'create schema x')).rejects.toMatchObject({
    code: '42501',
  })
})
