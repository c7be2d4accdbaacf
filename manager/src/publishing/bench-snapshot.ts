import { sealFor, sealingContexts, type BenchSnapshot, type BenchSnapshotSite } from '@platen/drivers/snapshots'
import { siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import type { Vault } from '@platen/kit/secrets'
import { one, rows, sql, type Tx } from '@platen/kit/sql'
import { openSiteSecrets, servedAs, siteConnectionLimit } from '../sites/index.ts'

interface PlacedSite {
  id: string
  name: string
  state: string
  generation: number
  database_name: string
  sealed_secret: string
  hosts: string[]
  plan_title: string
  max_storage_bytes: bigint
  max_users: number
}

export interface BenchSnapshotOptions {
  vault: Vault
  /** Where sites' databases are reached: the socket directory. */
  databaseHost: string
  databasePort: number
  consoleUrl: string
}

/** What one process of a bench serves. Sealing is for the process that holds `sealingKey` alone. */
export async function buildBenchSnapshot(
  tx: Tx,
  benchId: string,
  sealingKey: Buffer,
  options: BenchSnapshotOptions,
): Promise<BenchSnapshot> {
  const bench = await one(
    tx,
    sql<{
      name: string
      release_name: string | null
      processes: number
    }>`SELECT name, release_name, processes FROM manager.benches WHERE id = ${benchId}`,
  )
  const sites = await rows(
    tx,
    sql<PlacedSite>`SELECT s.id, s.name, s.state, s.generation, s.database_name, s.sealed_secret, p.title AS plan_title,
        p.max_storage_bytes, p.max_users, ARRAY(SELECT h.host FROM manager.hosts h WHERE h.site_id = s.id ORDER BY h.host) AS hosts
      FROM manager.sites s JOIN manager.plans p ON p.id = s.plan_id
      WHERE s.bench_id = ${benchId} AND s.placed ORDER BY s.id`,
  )
  return {
    bench: bench.name,
    release: bench.release_name ?? '',
    consoleUrl: options.consoleUrl,
    // The cap is the site's, not the process's: its connections are shared out among the processes of the bench.
    sites: sites.map((site) =>
      describeSite(site, Math.max(2, Math.floor(siteConnectionLimit / bench.processes)), sealingKey, options),
    ),
  }
}

function describeSite(
  site: PlacedSite,
  maxConnections: number,
  sealingKey: Buffer,
  { vault, databaseHost, databasePort }: BenchSnapshotOptions,
): BenchSnapshotSite {
  const secrets = openSiteSecrets(vault, site)
  const password = secrets.password('app').expose()
  const dataKey = Buffer.from(secrets.dataKey.expose(), 'base64url')
  return {
    id: site.id,
    name: site.name,
    hosts: site.hosts,
    state: servedAs(site.state),
    generation: site.generation,
    database: {
      host: databaseHost,
      port: databasePort,
      name: site.database_name,
      user: siteRoleNames(site.database_name).app,
      sealedPassword: sealFor(sealingKey, password, sealingContexts.databasePassword(site.id)),
      maxConnections,
    },
    sealedDataKey: sealFor(sealingKey, dataKey, sealingContexts.dataKey(site.id)),
    plan: { title: site.plan_title, maxStorageBytes: Number(site.max_storage_bytes), maxUsers: site.max_users },
    objectPrefix: siteObjectPrefix(site.id),
  }
}
