// What a benchmark needs of a running platform from below: its database as superuser, its processes, a site filled with rows.
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { provisionerConnection } from '@platen/drivers/databases'
import { dataPaths, runDirectory, siteDatabaseName, socketPaths } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { openDatabase, one, sql, type Connection, type Db } from '@platen/kit/sql'
import { claim, type RunningPlatform } from '../../e2e/platform.ts'
import { aSite, enterSite } from '../../e2e/sites.ts'

const owner = { email: 'bench@example.org', password: 'a benchmark has no secrets', name: 'Bench' }

export async function claimForBench(platform: RunningPlatform, { maxSites = 1_000 } = {}): Promise<string> {
  const token = await claim(platform, owner)
  await asSuperuser(platform, 'platen', (db) => sql`UPDATE manager.tenants SET max_sites = ${maxSites}`.execute(db))
  return token
}

/** A session lasts 15 minutes: long benchmarks sign in anew. */
export async function signInAgain(platform: RunningPlatform): Promise<string> {
  const { email, password } = owner
  const call = { method: 'POST', path: '/api/v1/auth/login', body: { email, password } }
  const { body } = await platform.call<{ accessToken: string }>('console', call)
  return body.accessToken
}

export async function superuser({ dataDirectory }: RunningPlatform, database: string): Promise<Connection> {
  const password = (await readFile(dataPaths(dataDirectory).postgres.superuserSecret, 'utf8')).trim()
  const { host, port } = await provisionerConnection(dataDirectory)
  return { host, ...(port === undefined ? {} : { port }), database, user: 'postgres', password: new Secret(password), applicationName: 'bench' } // prettier-ignore
}

export async function asSuperuser<T>(
  platform: RunningPlatform,
  database: string,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const db = openDatabase({ ...(await superuser(platform, database)), max: 1 })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

export interface MadeSite {
  name: string
  siteId: string
  database: string
  /** Of its administrator. */
  token: string
}

export async function makeSite(platform: RunningPlatform, token: string, name: string): Promise<MadeSite> {
  const siteId = await aSite(platform, token, name)
  return { name, siteId, database: siteDatabaseName(siteId), token: await enterSite(platform, token, name) }
}

/** Products with stock and its ledger, as a shop of that size has them. */
export const addProducts = (platform: RunningPlatform, database: string, from: number, to: number): Promise<unknown> =>
  asSuperuser(platform, database, (db) =>
    sql`WITH made AS (
      INSERT INTO commerce.products (id, sku, sku_key, name, description, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, created_at, updated_at)
      SELECT gen_random_uuid(), 'SKU-' || n, 'sku-' || n, 'Product ' || n || ' ' || md5(n::text),
        repeat(md5(random()::text) || ' some words about it ', 6), 'goods', 'C62', 'S', 20, n % 1000 + 0.5, 'EUR',
        'product ' || n || ' ' || md5(n::text), 1, now(), now() FROM generate_series(${from}::int, ${to}::int) n RETURNING id
    ), stocked AS (
      INSERT INTO commerce.stock_balances SELECT id, '01990000-0000-7000-8000-000000000001', 20, 0 FROM made
    )
    INSERT INTO commerce.stock_movements (id, product_id, location_id, kind, quantity, actor_id, actor_label, created_at)
      SELECT gen_random_uuid(), id, '01990000-0000-7000-8000-000000000001', 'receipt', 5, 'bench', 'Bench', now() FROM made, generate_series(1, 4)`.execute(
      db,
    ),
  )

export const databaseBytes = (platform: RunningPlatform, database: string): Promise<number> =>
  asSuperuser(platform, 'postgres', async (db) =>
    Number((await one(db, sql<{ size: bigint }>`SELECT pg_database_size(${database}) AS size`)).size),
  )

export interface ProcessMemory {
  name: string
  pid: number
  /** Own and its share of what is shared. */
  pssBytes: number
  /** The most it ever had resident. */
  peakBytes: number
}

/** The processes of the platform as the supervisor knows them; PostgreSQL with all its backends. */
export async function processMemory({ dataDirectory, supervisor }: RunningPlatform): Promise<ProcessMemory[]> {
  const file = socketPaths(runDirectory(dataDirectory)).processes
  const records = JSON.parse(await readFile(file, 'utf8')) as { children: { name: string; pid: number }[] } // supervisor/src/records.ts
  const postmaster = await readFile(join(dataPaths(dataDirectory).postgres.data, 'postmaster.pid'), 'utf8')
  const known = [
    ...records.children,
    { name: 'supervisor', pid: supervisor.pid ?? 0 },
    { name: 'postgres', pid: Number(postmaster.split('\n')[0]) },
  ]
  const measured = await Promise.all(
    known.map(async ({ name, pid }) => {
      const family = [pid, ...(name === 'postgres' ? await descendants(pid) : [])]
      const found = await Promise.all(family.map(memoryOf))
      const sum = (key: 'pssBytes' | 'peakBytes') => found.reduce((total, memory) => total + memory[key], 0)
      return { name, pid, pssBytes: sum('pssBytes'), peakBytes: sum('peakBytes') }
    }),
  )
  return measured.toSorted((a, b) => a.name.localeCompare(b.name))
}

async function memoryOf(pid: number): Promise<{ pssBytes: number; peakBytes: number }> {
  const read = async (file: string, key: string): Promise<number> => {
    const text = await readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => '')
    return Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) * 1024
  }
  return { pssBytes: await read('smaps_rollup', 'Pss'), peakBytes: await read('status', 'VmHWM') }
}

async function descendants(parent: number): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry)).map(Number)
  const parents = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      return { pid, ppid: Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0) }
    }),
  )
  const below = (pid: number): number[] =>
    parents.filter(({ ppid }) => ppid === pid).flatMap((child) => [child.pid, ...below(child.pid)])
  return below(parent)
}
