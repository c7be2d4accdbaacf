// `npm run bench:density`: 50, then 200 sites with data on one bench and one database server: memory of every process, connections, the
// times of a mixed load over all sites, and what the others feel while one of them is flooded. Starts a platform of its own.
// Arguments: counts of sites (default 50,200), seconds per measurement (default 20), requests per second over all (default 60).
import { one, sql } from '@platen/kit/sql'
import { startPlatform, unlimited } from '../e2e/platform.ts'
import { enterSite } from '../e2e/sites.ts'
import { customers, describeLoad, flood, quantile, steadyLoad, type Load, type Visitor } from './benchmarks/load.ts'
import { addProducts, asSuperuser, claimForBench, makeSite, processMemory, signInAgain, type MadeSite } from './benchmarks/platform-facts.ts' // prettier-ignore

const counts = (process.argv[2] ?? '50,200').split(',').map(Number)
const seconds = Number(process.argv[3] ?? 20)
const perSecond = Number(process.argv[4] ?? 60)
const productsPerSite = 500
const floodConnections = 32

const platform = await startPlatform({ env: unlimited })
try {
  await claimForBench(platform)
  const sites: MadeSite[] = []
  for (const count of counts) {
    await growTo(count, sites)
    await measure(sites)
  }
} finally {
  await platform.stop()
  await platform.remove()
}

async function growTo(count: number, sites: MadeSite[]): Promise<void> {
  const token = await signInAgain(platform)
  const startedMs = performance.now()
  while (sites.length < count) {
    const site = await makeSite(platform, token, `shop-${sites.length}`)
    await addProducts(platform, site.database, 1, productsPerSite)
    sites.push(site)
  }
  // What making them wrote must not reach the disk while visitors are measured.
  await asSuperuser(platform, 'postgres', (db) => sql`CHECKPOINT`.execute(db))
  console.log(
    `\n${count} sites, ${productsPerSite} products each (made in ${((performance.now() - startedMs) / 1000).toFixed(0)} s)`,
  )
}

async function measure(sites: readonly MadeSite[]): Promise<void> {
  console.log(await memoryTable('idle', sites.length))
  const visitors = await visitorsOf(sites)
  const people = await customers(platform)
  const during = async (besides?: (signal: AbortSignal) => Promise<unknown>): Promise<Load> => {
    const signal = AbortSignal.timeout(seconds * 1000)
    const [load] = await Promise.all([
      steadyLoad(people, visitors.slice(1), { perSecond, signal }),
      besides?.(signal) ?? Promise.resolve(),
    ])
    return load
  }
  // Pools and caches of every site open once before anything counts.
  for (const visitor of visitors) await people.act(visitor)
  const alone = await during()
  console.log(describeLoad('mixed load over all', alone))
  console.log(await memoryTable('after the load', sites.length))
  const [first] = visitors
  if (first === undefined) return
  let made = 0
  const flooded = await during(async (signal) => {
    made = await flood(people, first, { connections: floodConnections, signal })
  })
  console.log(describeLoad(`others, one flooded (${(made / seconds).toFixed(0)}/s)`, flooded))
  const ratio = quantile(flooded.latenciesMs, 0.95) / quantile(alone.latenciesMs, 0.95)
  console.log(`ratio of p95: ${ratio.toFixed(2)} (target 1.5)`)
  people.close()
}

async function visitorsOf(sites: readonly MadeSite[]): Promise<Visitor[]> {
  const token = await signInAgain(platform)
  const visitors: Visitor[] = []
  for (const { name } of sites) visitors.push({ site: name, token: await enterSite(platform, token, name) })
  return visitors
}

async function memoryTable(when: string, sites: number): Promise<string> {
  const processes = await processMemory(platform)
  const connections = await asSuperuser(platform, 'postgres', (db) =>
    one(db, sql<{ all: number; sites: number }>`SELECT count(*)::int AS all, count(*) FILTER (WHERE datname LIKE 's\\_%')::int AS sites
      FROM pg_stat_activity WHERE backend_type = 'client backend'`),
  ) // prettier-ignore
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0).padStart(5)} MB`
  const total = processes.reduce((sum, { pssBytes }) => sum + pssBytes, 0)
  return [
    `${when}:`,
    ...processes.map(({ name, pssBytes }) => `  ${name.padEnd(22)} ${megabytes(pssBytes)}`),
    `  ${'all'.padEnd(22)} ${megabytes(total)}, ${(total / 1e6 / sites).toFixed(1)} MB per site; ${connections.all} connections, ${connections.sites} of them to sites`,
  ].join('\n')
}
