// What a person with a superuser's shell does to a site's roles, on a real server.
import { PostgresDatabaseServer } from '@platen/drivers/databases'
import { privateCluster, type PrivateCluster } from '@platen/drivers/databases/testing'
import { siteDatabaseName, siteRoleNames } from '@platen/kit/names'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aReservedSite, aTenant, runOn } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { createSite, openSiteSecrets } from '../sites/index.ts'
import { requireSite } from '../sites/site-store.ts'
import { createReconciler, sitesScope, type Reconciler } from './index.ts'

let cluster: PrivateCluster
let databases: PostgresDatabaseServer
let platform: TestPlatform
let reconciler: Reconciler
let siteId: string
let database: string

beforeAll(async () => {
  cluster = await privateCluster()
  databases = new PostgresDatabaseServer(cluster.provisioner)
  platform = await testPlatform({ databases })
  const tenant = await aTenant(platform)
  ;({ siteId } = await aReservedSite(platform, tenant))
  expect(await runOn(platform, tenant, createSite, siteId)).toMatchObject({ state: 'succeeded' })
  database = siteDatabaseName(siteId)
  const { workerDb: db, vault, hub: snapshots, deps } = platform
  reconciler = createReconciler({ db, scopes: [sitesScope({ db, databases, vault, snapshots, prober: deps.prober })] })
}, 60_000)
afterAll(async () => {
  await platform?.close()
  await databases?.close()
  await cluster?.remove()
})

const asOperator = { operator: true }
const audited = () =>
  withScope(platform.workerDb, asOperator, (tx) =>
    rows(
      tx,
      sql`SELECT FROM identity.audit_entries WHERE action = 'reconciliation.repaired' AND actor_label = 'platform'`,
    ),
  )

async function asApp(statement: string): Promise<Record<string, unknown>[]> {
  const site = await withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))
  const user = siteRoleNames(database).app
  const password = openSiteSecrets(platform.vault, site).password('app')
  return cluster.query({ ...cluster.provisioner, database, user, password }, statement)
}

const byHand: [string, () => string][] = [
  ['DROP ROLE', () => `revoke all on database ${database} from ${database}_app; drop role ${database}_app`],
  ['ALTER ROLE PASSWORD', () => `alter role ${database}_app password 'another'`],
  ['ALTER ROLE CONNECTION LIMIT', () => `alter role ${database}_app connection limit 0`],
  ['REVOKE CONNECT', () => `revoke connect on database ${database} from ${database}_app`],
  ['REVOKE of the group', () => `revoke platen_site_app from ${database}_app granted by platen_provisioner`],
]

test.each(byHand)('%s by hand is repaired in one look, and the app is in again', async (_name, statement) => {
  const before = (await audited()).length
  await cluster.query(cluster.superuser, statement())
  const [plan] = await reconciler.run({ insistent: true })
  expect(plan).toMatchObject({ error: null, differences: [{ kind: 'roles-wrong', outcome: 'repaired' }] })
  expect(await asApp('select 1 as one')).toEqual([{ one: 1 }])
  expect(await audited()).toHaveLength(before + 1)
  expect((await reconciler.run())[0]?.differences).toEqual([])
})

test('a database that was dropped by hand stays away, and the site is broken', async () => {
  await cluster.query(cluster.superuser, `drop database ${database} with (force)`)
  const [plan] = await reconciler.run()
  expect(plan?.differences).toMatchObject([{ kind: 'database-missing', outcome: 'repaired' }])
  expect((await databases.describe()).databases.filter(({ name }) => name === database)).toEqual([])
  const site = await withScope(platform.workerDb, asOperator, (tx) => requireSite(tx, siteId))
  expect(site.state).toBe('broken')
})
