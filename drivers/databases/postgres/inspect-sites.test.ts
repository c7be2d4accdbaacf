import { afterAll, beforeAll, expect, test } from 'vitest'
import { Secret } from '@platen/kit/secrets'
import { aSiteRequest } from '../conformance.ts'
import type { SiteDatabaseRequest } from '../contract.ts'
import { PostgresDatabaseServer } from './driver.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

let cluster: PrivateCluster
let server: PostgresDatabaseServer
let site: SiteDatabaseRequest
const role = (kind: string): string => site.roles.find((candidate) => candidate.kind === kind)?.name ?? ''

beforeAll(async () => {
  cluster = await privateCluster()
  server = new PostgresDatabaseServer(cluster.provisioner)
  site = aSiteRequest()
  await server.ensureSiteDatabase(site)
  await cluster.query(cluster.superuser, 'create role somebody login')
})
afterAll(async () => {
  await server?.close()
  await cluster?.remove()
})

const wrong = async () => (await server.inspectSiteDatabases([site], { passwordsOf: [site.name] }))[0]?.wrong

/** What somebody with a superuser's shell does -> what is said about it. */
const byHand: [string, () => string, () => string][] = [
  [
    'DROP ROLE',
    () => `revoke all on database ${site.name} from ${role('reader')}; drop role ${role('reader')}`,
    () => `the role ${role('reader')} is missing`,
  ],
  ['ALTER ROLE CONNECTION LIMIT', () => `alter role ${role('app')} connection limit 1`, () => 'may hold 1 connections'],
  [
    'ALTER ROLE PASSWORD',
    () => `alter role ${role('app')} password 'guessed'`,
    () => `${role('app')} has another password`,
  ],
  ['ALTER ROLE NOLOGIN', () => `alter role ${role('dumper')} nologin`, () => `${role('dumper')} may not log in`],
  ['VALID UNTIL', () => `alter role ${role('app')} valid until '2000-01-01'`, () => 'has an end'],
  ['CREATEDB', () => `alter role ${role('app')} createdb createrole`, () => 'has createdb and createrole'],
  ['ALTER ROLE SET', () => `alter role ${role('app')} set statement_timeout = 0`, () => 'other time limits'],
  [
    'another setting',
    () => `alter role ${role('app')} set search_path = 'evil'`,
    () => 'other time limits or settings',
  ],
  [
    'REVOKE CONNECT',
    () => `revoke connect on database ${site.name} from ${role('app')}`,
    () => `missing: ${role('app')} CONNECT`,
  ],
  [
    'REVOKE of the group',
    () => `revoke platen_site_app from ${role('app')} granted by platen_provisioner`,
    () => 'is not in its group platen_site_app',
  ],
  [
    'GRANT of a stronger group',
    () => `grant platen_site_owner to ${role('app')} granted by platen_provisioner`,
    () => 'is also in platen_site_owner',
  ],
  [
    'GRANT CONNECT TO PUBLIC',
    () => `grant connect on database ${site.name} to public`,
    () => 'others have rights on the database: public',
  ],
  [
    'GRANT to somebody',
    () => `grant all on database ${site.name} to somebody`,
    () => 'others have rights on the database: somebody',
  ],
  [
    'ALLOW_CONNECTIONS false',
    () => `alter database ${site.name} allow_connections false`,
    () => 'takes no connections',
  ],
  ['a limit of the database', () => `alter database ${site.name} connection limit 0`, () => 'takes only 0 connections'],
]

test.each(byHand)('%s by hand is found and repaired', async (_name, statement, said) => {
  expect(await wrong()).toEqual([])
  await cluster.query(cluster.superuser, statement())
  expect((await wrong())?.join('; ')).toContain(said())
  await server.repairSiteDatabase(site)
  expect(await wrong()).toEqual([])
  const app = site.roles.find(({ kind }) => kind === 'app')
  const connection = {
    ...cluster.provisioner,
    database: site.name,
    user: role('app'),
    password: app?.password ?? new Secret(''),
  }
  expect(await cluster.query(connection, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('a database whose mark was removed is never made again: its tag is gone and repairing is refused', async () => {
  const other = aSiteRequest()
  await server.ensureSiteDatabase(other)
  await cluster.query(cluster.superuser, `comment on database ${other.name} is null`)
  expect(await server.inspectSiteDatabases([other])).toMatchObject([{ exists: true, tag: null }])
  await expect(server.repairSiteDatabase(other)).rejects.toMatchObject({ kind: 'refused' })
  expect(
    await cluster.query(cluster.superuser, `select 1 as one from pg_database where datname = '${other.name}'`),
  ).toHaveLength(1)
})
