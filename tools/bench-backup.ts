// `npm run bench:backup`: backup and restore of one big site beside plain pg_dump and pg_restore of the same tools, in one run; what the
// site's visitors feel meanwhile; the whole way by the API, with the memory of the manager. Starts a platform of its own.
// Arguments: megabytes of the site's database (default 1000), rounds of which the best counts (default 2), seconds per load (default 10).
import { createSecretKey, randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { pgTools, PostgresDatabaseServer, provisionerConnection, type SiteRole } from '@platen/drivers/databases'
import { PlatenRuntime } from '@platen/drivers/runtimes'
import { openStream, sealStream } from '@platen/kit/archives'
import { runDirectory, siteRoleNames, socketPaths } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { startPlatform, unlimited } from '../e2e/platform.ts'
import { operationEnds } from '../e2e/sites.ts'
import { customers, describeLoad, quantile, steadyLoad, type Load } from './benchmarks/load.ts'
import { addProducts, claimForBench, databaseBytes, makeSite, processMemory, signInAgain, superuser, type MadeSite } from './benchmarks/platform-facts.ts' // prettier-ignore

const megabytes = Number(process.argv[2] ?? 1_000)
const rounds = Number(process.argv[3] ?? 2)
const seconds = Number(process.argv[4] ?? 10)
const perSecond = 40
const batch = 20_000

const platform = await startPlatform({ env: unlimited })
const databases = new PostgresDatabaseServer(await provisionerConnection(platform.dataDirectory, 'bench'))
const best = new Map<string, number>()
try {
  await claimForBench(platform)
  const site = await makeSite(platform, await signInAgain(platform), 'big')
  const sizeBytes = await fill(site)
  await besidePlainTools(site)
  report(sizeBytes)
  await underLoad(site)
  await byTheApi(site, sizeBytes)
} finally {
  await databases.close()
  await platform.stop()
  await platform.remove()
}

async function fill({ database }: MadeSite): Promise<number> {
  let made = 0
  let sizeBytes = 0
  while (sizeBytes < megabytes * 1e6) {
    await addProducts(platform, database, made + 1, made + batch)
    made += batch
    sizeBytes = await databaseBytes(platform, database)
  }
  console.log(`a site of ${(sizeBytes / 1e6).toFixed(0)} MB: ${made} products, ${made * 4} movements of stock`)
  return sizeBytes
}

/** The driver's own dump and restore, sealed and opened, without digests; those are timed apart. */
async function besidePlainTools({ database }: MadeSite): Promise<void> {
  const { host, port, user, password } = await superuser(platform, database)
  const { pg_dump: dumpTool, pg_restore: restoreTool } = await pgTools() // prettier-ignore
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password?.expose() ?? '' }
  const run = (file: string, args: string[]) => runTool(file, args, env)
  const [plainFile, sealedFile] = [join(platform.dataDirectory, 'plain'), join(platform.dataDirectory, 'sealed')]
  const key = createSecretKey(randomBytes(32))
  for (let round = 0; round < rounds; round += 1) {
    await timed('pg_dump -Fc', () => run(dumpTool, ['-Fc', '--compress=zstd:3', '-f', plainFile, database]))
    const sealing = sealStream(key, { context: 'bench' })
    const dumper = { database, user, password: password ?? new Secret('') }
    await timed('snapshot, dump, seal', async () => {
      const held = await databases.exportSnapshot(database, { session: 'bench' })
      const dump = databases.dump({ ...dumper, snapshot: held.snapshot, session: 'bench' })
      await pipeline(dump, sealing, createWriteStream(sealedFile))
      await held.close()
    })
    const runtime = new PlatenRuntime([socketPaths(runDirectory(platform.dataDirectory)).benchPrivate('main', 1)])
    await timed('digests of all tables', () => runtime.digest({ connection: dumper }))
    const [one, other] = [await emptyDatabase(`b_plain${round}`), await emptyDatabase(`b_sealed${round}`)]
    await timed('pg_restore -1', () => run(restoreTool, ['-1', '--no-owner', '--role=platen_site_owner', '-d', one.name, plainFile])) // prettier-ignore
    await timed('open, restore, analyze', () =>
      databases.restore({
        database: other.name,
        user: siteRoleNames(other.name).owner,
        password: other.password,
        session: 'bench',
        archive: createReadStream(sealedFile, { highWaterMark: 262_144 }).pipe(
          openStream(key, { context: 'bench', expected: sealing.sums }),
        ),
      }),
    )
    for (const { name, roles } of [one, other])
      await databases.removeSiteDatabase({ name, roles: roles.map((role) => role.name), session: 'bench' })
  }
  const [plain, sealed] = [await stat(plainFile), await stat(sealedFile)]
  console.log(`${(plain.size / 1e6).toFixed(1)} MB dumped, ${(sealed.size / 1e6).toFixed(1)} MB sealed`)
}

async function runTool(file: string, args: string[], env: Record<string, string>): Promise<void> {
  const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  const code = await new Promise((resolve) => child.once('close', resolve))
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}`)
}

async function emptyDatabase(name: string) {
  const password = new Secret(randomBytes(16).toString('hex'))
  const names = siteRoleNames(name)
  const roles: SiteRole[] = (['owner', 'app', 'reader', 'dumper'] as const).map((kind) => ({
    name: names[kind],
    kind,
    password,
    connectionLimit: 2,
  }))
  await databases.ensureSiteDatabase({ name, template: null, tag: 'bench', roles, session: 'bench' })
  return { name, roles, password }
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedMs = performance.now()
  await work()
  best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - startedMs))
}

function report(sizeBytes: number): void {
  for (const [name, ms] of best)
    console.log(`${name.padEnd(24)} ${(ms / 1000).toFixed(2).padStart(7)} s  ${(sizeBytes / 1e3 / ms).toFixed(0).padStart(5)} MB/s`) // prettier-ignore
  const ratio = (plain: string, ours: string): string => ((best.get(plain) ?? 0) / (best.get(ours) ?? 1)).toFixed(2)
  console.log(
    `ratio without digests: dump ${ratio('pg_dump -Fc', 'snapshot, dump, seal')}, restore ${ratio('pg_restore -1', 'open, restore, analyze')} of plain (target 0.7)`,
  )
}

/** What people in the site feel, alone, beside a plain pg_dump, and beside our backup with its drill. */
async function underLoad(site: MadeSite): Promise<void> {
  const people = await customers(platform)
  const visitors = [{ site: site.name, token: site.token }]
  const during = async (work: () => Promise<unknown>): Promise<Load> => {
    const over = new AbortController()
    const [load] = await Promise.all([
      steadyLoad(people, visitors, { perSecond, signal: over.signal }),
      work().finally(() => over.abort()),
    ])
    return load
  }
  const { host, port, user, password } = await superuser(platform, site.database)
  const { pg_dump: dumpTool } = await pgTools()
  const env = { PGHOST: host, PGPORT: String(port), PGUSER: user, PGPASSWORD: password?.expose() ?? '' }
  const alone = await during(() => new Promise((resolve) => setTimeout(resolve, seconds * 1000)))
  const plain = await during(() => runTool(dumpTool, ['-Fc', '--compress=zstd:3', '-f', join(platform.dataDirectory, 'plain'), site.database], env)) // prettier-ignore
  const ours = await during(() => begin(`/sites/${site.siteId}/backups`))
  console.log(`\nthe site's visitors, ${perSecond} requests/s`)
  for (const [name, load] of Object.entries({ alone, 'beside pg_dump': plain, 'beside backup and drill': ours }))
    console.log(describeLoad(name, load))
  const p95 = ({ latenciesMs }: Load): number => quantile(latenciesMs, 0.95)
  console.log(`ratio of p95 beside backup and drill: ${(p95(ours) / p95(alone)).toFixed(2)} of alone, ${(p95(ours) / p95(plain)).toFixed(2)} of beside pg_dump`) // prettier-ignore
  people.close()
}

/** Asks the API for an operation and waits for its end. */
async function begin(path: string, body?: object): Promise<{ id: string; backupId: string | undefined }> {
  const token = await signInAgain(platform)
  const call = { method: 'POST', path: `/api/v1${path}`, token, ...(body === undefined ? {} : { body }) }
  const begun = await platform.call<{ operation: { id: string }; backup?: { id: string } }>('console', call)
  if (begun.status !== 202) throw new Error(`${path} answered ${begun.status}: ${begun.text}`)
  await operationEnds(platform, token, begun.body.operation.id, 600_000)
  return { id: begun.body.operation.id, backupId: begun.body.backup?.id }
}

async function byTheApi(site: MadeSite, sizeBytes: number): Promise<void> {
  const managerPeak = async () => (await processMemory(platform)).find(({ name }) => name === 'manager')?.peakBytes ?? 0
  console.log('\nby the API')
  const backup = await toldBySteps('back up and prove', () => begin(`/sites/${site.siteId}/backups`), sizeBytes)
  const ofBackup = backup.backupId ?? ''
  await toldBySteps('restore as a new site (RTO)', () => begin(`/backups/${ofBackup}/restorations`, { name: 'copy' }), sizeBytes) // prettier-ignore
  await toldBySteps('restore in place, safety backup included', () => begin(`/sites/${site.siteId}/restorations`, { backupId: ofBackup }), sizeBytes) // prettier-ignore
  console.log(`peak memory of the manager: ${((await managerPeak()) / 1e6).toFixed(0)} MB`)
}

async function toldBySteps<T extends { id: string }>(
  name: string,
  work: () => Promise<T>,
  sizeBytes: number,
): Promise<T> {
  const startedMs = performance.now()
  const done = await work()
  const totalMs = performance.now() - startedMs
  const { body } = await platform.call<{ steps: { name: string; startedAt: string; endedAt: string }[] }>('console', {
    path: `/api/v1/operations/${done.id}`,
    token: await signInAgain(platform),
  })
  const steps = body.steps.map((step) => `${step.name} ${((Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000).toFixed(1)}`) // prettier-ignore
  console.log(
    `${name}: ${(totalMs / 1000).toFixed(1)} s, ${(sizeBytes / 1e3 / totalMs).toFixed(0)} MB/s (${steps.join(', ')})`,
  )
  return done
}
