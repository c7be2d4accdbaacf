// What sites leave behind in rows, databases, roles and objects.
import { siteDatabaseName, siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import { rows, sql, withScope } from '@platen/kit/sql'
import type { TestPlatform } from './platform.ts'

type Observed = Pick<TestPlatform, 'workerDb' | 'databases' | 'objects'>

/** Everything that sites leave behind, in a comparable form. */
export async function inventory({ workerDb, databases, objects }: Observed): Promise<object> {
  const server = await databases.describe()
  const found = await objects.list('')
  const sites = await withScope(workerDb, { operator: true }, (tx) =>
    rows(
      tx,
      sql<object>`SELECT s.id, s.state, s.placed, s.routed, s.bench_id,
        (SELECT array_agg(h.host ORDER BY h.host) FROM manager.hosts h WHERE h.site_id = s.id) AS hosts
      FROM manager.sites s WHERE s.state <> 'dropped' ORDER BY s.id`,
    ),
  )
  return { databases: server.databases, roles: server.roles, objects: found.map(({ key }) => key), sites }
}

interface SiteFacts {
  state: string
  placed: boolean
  routed: boolean
  onBench: boolean
  hosts: number
  database: boolean
  roles: number
  objects: number
}

const gone = { state: 'dropped', placed: false, routed: false, hosts: 0, database: false, roles: 0, objects: 0 }
const whole = { placed: true, routed: true, onBench: true, hosts: 1, database: true, roles: 4, objects: 1 }

/** Those of the given sites (id -> state it was in) that are neither whole, as they were, nor entirely gone; with what was found. */
export async function unsettledSites(
  platform: Observed,
  states: ReadonlyMap<string, string>,
  { objects = whole.objects }: { objects?: number } = {},
): Promise<object[]> {
  const server = await platform.databases.describe()
  const unsettled: object[] = []
  for (const [siteId, state] of states) {
    const found = await factsOf(platform, siteId, server)
    if (!agrees(found, gone) && !agrees(found, { ...whole, objects, state })) unsettled.push({ siteId, ...found })
  }
  return unsettled
}

const agrees = (found: SiteFacts, expected: Partial<SiteFacts>): boolean =>
  Object.entries(expected).every(([name, value]) => found[name as keyof SiteFacts] === value) // keys of a Partial<SiteFacts>

async function factsOf(
  { workerDb, objects }: Observed,
  siteId: string,
  server: { databases: { name: string }[]; roles: { name: string }[] },
): Promise<SiteFacts> {
  const databaseName = siteDatabaseName(siteId)
  const roleNames = new Set(Object.values(siteRoleNames(databaseName)))
  const [row] = await withScope(workerDb, { operator: true }, (tx) =>
    rows(
      tx,
      sql<Pick<SiteFacts, 'state' | 'placed' | 'routed' | 'onBench' | 'hosts'>>`
        SELECT state, placed, routed, bench_id IS NOT NULL AS "onBench",
          (SELECT count(*)::int FROM manager.hosts WHERE site_id = ${siteId}) AS hosts
        FROM manager.sites WHERE id = ${siteId}`,
    ),
  )
  if (row === undefined) throw new Error(`site ${siteId} has no row`)
  return {
    ...row,
    database: server.databases.some(({ name }) => name === databaseName),
    roles: server.roles.filter(({ name }) => roleNames.has(name)).length,
    objects: (await objects.list(siteObjectPrefix(siteId).replace(/\/$/, ''))).length,
  }
}
