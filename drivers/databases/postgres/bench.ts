// How much ensureSiteDatabase costs beyond PostgreSQL's own CREATE DATABASE ... TEMPLATE, measured in one run, in turns:
//   node drivers/databases/postgres/bench.ts [rounds, default 20]
// A private cluster with fsync on; a template of 35 tables with indexes and some rows, about the size of a site's.
import { performance } from 'node:perf_hooks'
import { randomBytes } from 'node:crypto'
import { siteRoleNames, type SiteRoleKind } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { clientConfig } from '@platen/kit/sql'
import pg from 'pg'
import type { SiteRole } from '../contract.ts'
import { PostgresDatabaseServer } from './driver.ts'
import { privateCluster, type PrivateCluster } from './testing/private-cluster.ts'

const template = 't_0123456789abcdef'
const kinds: SiteRoleKind[] = ['owner', 'app', 'reader', 'dumper']
const rounds = Math.max(1, Math.min(200, Number(process.argv[2] ?? 20) || 20))

const cluster = await privateCluster({ fsync: 'on' })
try {
  await measure(cluster)
} finally {
  await cluster.remove()
}

async function measure({ provisioner, superuser, query }: PrivateCluster): Promise<void> {
  const server = new PostgresDatabaseServer(provisioner)
  await server.ensureTemplate(template, async (connection) => {
    await query({ ...connection, role: 'platen_site_owner' }, templateStatements())
  })
  const raw = new pg.Client(clientConfig(provisioner))
  await raw.connect()
  const times: { raw: number[]; driver: number[] } = { raw: [], driver: [] }
  await server.ensureSiteDatabase(aRequest('s_warm_up'))
  for (let round = 0; round < rounds; round += 1) {
    times.raw.push(await timed(() => raw.query(`create database raw_${round} template ${template} strategy wal_log`)))
    times.driver.push(await timed(() => server.ensureSiteDatabase(aRequest(`s_${round}`))))
  }
  const parallel = Array.from({ length: rounds }, (_, index) =>
    timed(() => server.ensureSiteDatabase(aRequest(`p_${index}`))),
  )
  const atOnce = await Promise.all(parallel)
  const [size] = await query(superuser, `select pg_size_pretty(pg_database_size('s_0')) as size`)
  await Promise.all([raw.end(), server.close()])
  report('raw CREATE DATABASE ... TEMPLATE', times.raw)
  report('ensureSiteDatabase', times.driver)
  report(`ensureSiteDatabase, ${rounds} at once`, atOnce)
  console.log(
    `database size ${String(size?.['size'])}; p50 ratio ${(quantile(times.driver, 0.5) / quantile(times.raw, 0.5)).toFixed(2)}`,
  )
}

function aRequest(name: string) {
  const names = siteRoleNames(name)
  const roles: SiteRole[] = kinds.map((kind) => ({
    name: names[kind],
    kind,
    password: new Secret(randomBytes(32).toString('base64url')),
    connectionLimit: 8,
  }))
  return { name, template, tag: name, roles, session: 'bench' }
}

function templateStatements(): string {
  const tables = Array.from(
    { length: 35 },
    (
      _,
      index,
    ) => `create table commerce.table_${index} (id uuid primary key, name text not null, amount numeric, at timestamptz, constraint table_${index}_name_key unique (name));
      create index on commerce.table_${index} (at); insert into commerce.table_${index} select gen_random_uuid(), n::text, n, now() from generate_series(1, 20) n;`,
  )
  return `create schema commerce; ${tables.join('\n')}`
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAtMs = performance.now()
  await work()
  return performance.now() - startedAtMs
}

function report(label: string, timesMs: number[]): void {
  const text = [0.5, 0.95]
    .map((share) => `p${share * 100} ${quantile(timesMs, share).toFixed(0).padStart(4)} ms`)
    .join('  ')
  console.log(`${label.padEnd(36)} n=${timesMs.length}  ${text}`)
}

function quantile(timesMs: number[], share: number): number {
  const sorted = timesMs.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
