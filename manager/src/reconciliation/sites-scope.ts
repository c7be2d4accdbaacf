import type { DatabaseServer, SiteInspection } from '@platen/drivers/databases'
import type { Vault } from '@platen/kit/secrets'
import { one, rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import {
  lockSite,
  recordProbe,
  setPlaced,
  setRouted,
  setSiteState,
  siteRoles,
  type Prober,
  type SiteRow,
} from '../sites/index.ts'
import { resumeWithTenant, suspendWithTenant } from '../tenants/index.ts'
import type { SnapshotPublisher } from '../snapshots/index.ts'
import type { Difference } from './difference.ts'
import { planSites, type WantedSite } from './plan-sites.ts'
import type { ReconciliationScope, WriteRecord } from './scope.ts'

export interface SitesScopeOptions {
  db: Db
  databases: DatabaseServer
  vault: Vault
  snapshots: SnapshotPublisher
  prober: Prober
}

/** Passwords show only by signing in, four times per site: these many sites per look, in turn, those that do not answer first. */
const passwordSitesPerLook = 20
/** Seen through the public address per run, those longest unseen first. */
const probesPerRun = 4
const probeTimeoutMs = 3_000
const session = 'platen-reconciliation'
const asPlatform = { operator: true } as const

interface SiteLook extends Pick<
  SiteRow,
  'id' | 'tenant_id' | 'name' | 'placed' | 'routed' | 'database_name' | 'sealed_secret'
> {
  state: WantedSite['state']
  hosts: number
  tenant_open: boolean
  suspended_with_tenant: boolean
  busy: boolean
  tags: string[]
  probe_ok: boolean | null
}

/** Sites that should be served: their databases, roles, rights, and that benches and edge know them. */
export function sitesScope(options: SitesScopeOptions): ReconciliationScope {
  let turn = 0
  return {
    name: 'sites',
    maxRepairs: 50,
    async differences(_now, { signal }) {
      const wanted = await readSites(options.db)
      const passwordsOf = sitesInTurn(wanted, turn)
      turn += passwordsOf.length
      const expected = wanted.map((site) => ({ name: site.database_name, roles: siteRoles(options.vault, site) }))
      const found = await options.databases.inspectSiteDatabases(expected, {
        passwordsOf,
        ...(signal ? { signal } : {}),
      })
      const byName = new Map(found.map((inspection) => [inspection.name, inspection]))
      const actual = new Map<string, SiteInspection>()
      for (const site of wanted) {
        const inspection = byName.get(site.database_name)
        if (inspection) actual.set(site.id, inspection)
      }
      return planSites(wanted.map(toWanted), actual)
    },
    repair: (difference, record, { signal }) =>
      withScope(options.db, asPlatform, async (tx) => {
        // Whoever begins an operation on the site takes this lock first, so none can begin until we are done.
        const site = await lockSite(tx, difference.subject.id)
        if (site.operation_id !== null || (site.state !== 'active' && site.state !== 'suspended')) return false
        return repairSite({ tx, site, difference, record, signal, options })
      }),
    afterwards: ({ signal }) => probeSome(options, signal),
  }
}

interface Repair {
  tx: Tx
  site: SiteRow
  difference: Difference
  record: WriteRecord
  signal: AbortSignal | undefined
  options: SitesScopeOptions
}

async function repairSite(repair: Repair): Promise<boolean> {
  switch (repair.difference.remedy) {
    case 'mark-broken':
      return markBroken(repair)
    case 'repair-roles':
      return repairRoles(repair)
    case 'serve-again':
      return serveAgain(repair)
    case 'suspend-site':
    case 'resume-site':
      return followTenant(repair, repair.difference.remedy)
    default:
      throw new Error(`sites know no remedy "${repair.difference.remedy}"`)
  }
}

async function inspect({ site, signal, options }: Repair): Promise<SiteInspection> {
  const expected = { name: site.database_name, roles: siteRoles(options.vault, site) }
  const passwordsOf = [site.database_name]
  const [found] = await options.databases.inspectSiteDatabases([expected], {
    passwordsOf,
    ...(signal ? { signal } : {}),
  })
  if (found === undefined) throw new Error('the database server answered nothing')
  return found
}

/** The data is gone. Making the database again would serve an empty shop in its place. */
async function markBroken(repair: Repair): Promise<boolean> {
  const { tx, site, difference, record } = repair
  if (site.state !== 'active' || (await inspect(repair)).exists) return false
  await setSiteState(tx, site.id, 'broken')
  await recordProbe(tx, site.id, { ok: false, detail: difference.detail })
  await record(tx)
  return true
}

async function repairRoles(repair: Repair): Promise<boolean> {
  const { tx, site, record, signal, options } = repair
  const found = await inspect(repair)
  if (!found.exists || found.tag === null || found.wrong.length === 0) return false
  await options.databases.repairSiteDatabase(
    { name: site.database_name, tag: found.tag, roles: siteRoles(options.vault, site), session },
    signal ? { signal } : {},
  )
  const { wrong } = await inspect(repair)
  if (wrong.length > 0) throw new Error(`still so after the repair: ${wrong.join('; ')}`)
  await record(tx)
  return true
}

async function serveAgain({ tx, site, record, options: { snapshots } }: Repair): Promise<boolean> {
  if (site.placed && site.routed) return false
  await setPlaced(tx, site.id, true)
  await setRouted(tx, site.id, true)
  if (site.bench_id !== null) await snapshots.changedForBench(tx, site.bench_id)
  await snapshots.changedForEdge(tx)
  await record(tx)
  return true
}

async function followTenant({ tx, site, record }: Repair, remedy: 'suspend-site' | 'resume-site'): Promise<boolean> {
  const { open, marked } = await one(
    tx,
    sql<{ open: boolean; marked: boolean }>`SELECT t.state = 'active' AS open, s.suspended_with_tenant AS marked
      FROM manager.sites s JOIN manager.tenants t ON t.id = s.tenant_id WHERE s.id = ${site.id}`,
  )
  const mover = { accountId: null, actor: { id: null, label: 'platform' } }
  if (remedy === 'suspend-site') {
    if (open || site.state !== 'active') return false
    await suspendWithTenant(tx, site, mover)
  } else {
    if (!open || site.state !== 'suspended' || !marked) return false
    await resumeWithTenant(tx, site, mover)
  }
  await record(tx)
  return true
}

const readSites = (db: Db): Promise<SiteLook[]> =>
  withScope(db, asPlatform, (tx) =>
    rows(
      tx,
      sql<SiteLook>`SELECT s.id, s.tenant_id, s.name, s.state, s.placed, s.routed, s.database_name, s.sealed_secret, s.probe_ok,
          s.suspended_with_tenant, t.state = 'active' AS tenant_open,
          (SELECT count(*)::int FROM manager.hosts h WHERE h.site_id = s.id) AS hosts,
          EXISTS (SELECT FROM operations.operations o WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL) AS busy,
          ARRAY(SELECT 'op:' || o.id FROM operations.operations o WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text) AS tags
        FROM manager.sites s JOIN manager.tenants t ON t.id = s.tenant_id
        WHERE s.state IN ('active', 'suspended') AND s.bench_id IS NOT NULL ORDER BY s.id`,
    ),
  )

const toWanted = ({ tenant_id, tenant_open, suspended_with_tenant, busy, ...site }: SiteLook): WantedSite => ({
  ...site,
  tenantId: tenant_id,
  tenantOpen: tenant_open,
  suspendedWithTenant: suspended_with_tenant,
  isBusy: busy,
})

function sitesInTurn(sites: readonly SiteLook[], turn: number): string[] {
  const silent = sites.filter(({ probe_ok }) => probe_ok === false)
  const others = sites.filter(({ probe_ok }) => probe_ok !== false)
  const start = others.length === 0 ? 0 : turn % others.length
  const rotated = [...others.slice(start), ...others.slice(0, start)]
  return [...silent, ...rotated].slice(0, passwordSitesPerLook).map(({ database_name }) => database_name)
}

/** What visitors see, a few sites at a time. Recorded and nothing else: a slow minute breaks no site. */
async function probeSome({ db, prober }: SitesScopeOptions, signal: AbortSignal | undefined): Promise<void> {
  const due = await withScope(db, asPlatform, (tx) =>
    rows(
      tx,
      sql<{ id: string; host: string }>`SELECT s.id, (SELECT min(host) FROM manager.hosts WHERE site_id = s.id) AS host
        FROM manager.sites s WHERE ${quietlyActive} AND EXISTS (SELECT FROM manager.hosts WHERE site_id = s.id)
        ORDER BY s.probe_at NULLS FIRST, s.id LIMIT ${probesPerRun}`,
    ),
  )
  await Promise.all(
    due.map(async ({ id: siteId, host }) => {
      const target = { host, siteId, expected: 'active' } as const
      const seen = await prober.probe(target, { timeoutMs: probeTimeoutMs, ...(signal ? { signal } : {}) })
      await withScope(db, asPlatform, async (tx) => {
        const still = await rows(
          tx,
          sql`SELECT FROM manager.sites s WHERE s.id = ${siteId} AND ${quietlyActive} FOR UPDATE`,
        )
        if (still.length > 0) await recordProbe(tx, siteId, seen)
      })
    }),
  )
}

const quietlyActive = sql`s.state = 'active' AND NOT EXISTS (SELECT FROM operations.operations o
  WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL)`
