// What the driver and the sealing cost beside plain pg_dump and pg_restore of the same tools, in one run, in turns:
//   node drivers/databases/postgres/tools/bench.ts [megabytes, default 300] [rounds, default 3]
// A private cluster with fsync on; rows that zstd shrinks to about a third. The best round of each counts.
import { createSecretKey, randomBytes } from 'node:crypto'
import { spawn } from 'node:child_process'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { pipeline } from 'node:stream/promises'
import { openStream, sealStream } from '@platen/kit/archives'
import { privateCluster } from '../testing/private-cluster.ts'
import { digests, siteWorld } from './testing/site-like.ts'

const megabytes = Number(process.argv[2]) || 300
const rounds = Number(process.argv[3]) || 3
const key = createSecretKey(randomBytes(32))
const directory = await mkdtemp(join(tmpdir(), 'platen-backup-'))
const [plainFile, sealedFile] = [join(directory, 'plain'), join(directory, 'sealed')]
const cluster = await privateCluster({ fsync: 'on', max_wal_size: '4GB' })
const best = new Map<string, number>()
let peakRssBytes = 0
const sampler = setInterval(() => void (peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss())), 20)

try {
  await measure()
} finally {
  clearInterval(sampler)
  await rm(directory, { recursive: true, force: true })
  await cluster.remove()
}

async function measure(): Promise<void> {
  const world = await siteWorld(cluster)
  const site = await world.site()
  await cluster.query(
    world.as(site, 'owner', 'platen_site_owner'),
    `create table special.filler as select n, md5(n::text) || repeat(' some words of a customer', 12) || md5(random()::text) as t from generate_series(1, ${megabytes * 2_500}) n;
     grant select on special.filler to platen_site_dumper`,
  )
  const sizeBytes = await world.server.databaseSize(site.name)
  const source = await digests(world.superuserIn(site))
  const tools = await cluster.tools()
  const env = {
    PGHOST: cluster.superuser.host,
    PGUSER: cluster.superuser.user,
    PGPASSWORD: cluster.superuser.password?.expose() ?? '',
  }
  const run = async (file: string, args: string[]): Promise<void> => {
    const child = spawn(file, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`${file} ended with ${String(code)}`)
  }
  for (let round = 0; round < rounds; round += 1) {
    await timed('plain pg_dump -Fc', () => run(tools.pg_dump, ['-Fc', '--compress=zstd:3', '-f', plainFile, site.name]))
    const sealing = sealStream(key, { context: 'bench' })
    await timed('snapshot, dump, seal', async () => {
      const held = await world.server.exportSnapshot(site.name, { session: 'bench' })
      const dump = world.server.dump({ ...world.login(site, 'dumper'), snapshot: held.snapshot })
      await pipeline(dump, sealing, createWriteStream(sealedFile))
      await held.close()
    })
    const [one, other] = [await world.empty(), await world.empty()]
    await timed('plain pg_restore', () => run(tools.pg_restore, ['-1', '-d', one.name, plainFile]))
    await timed('open, restore, analyze', () =>
      world.server.restore({
        ...world.login(other, 'owner'),
        archive: createReadStream(sealedFile, { highWaterMark: 262_144 }).pipe(
          openStream(key, { context: 'bench', expected: sealing.sums }),
        ),
      }),
    )
    const startedAtMs = performance.now()
    const same = JSON.stringify(await digests(world.superuserIn(other))) === JSON.stringify(source)
    if (!same) throw new Error('the restored database differs')
    keep('digests', performance.now() - startedAtMs)
    for (const { name, roles } of [one, other])
      await world.server.removeSiteDatabase({ name, roles: roles.map((role) => role.name), session: 'bench' })
  }
  for (const [name, bestMs] of best)
    console.log(
      `${name.padEnd(24)} ${(bestMs / 1000).toFixed(2).padStart(7)} s  ${(sizeBytes / 1e3 / bestMs).toFixed(0).padStart(5)} MB/s`,
    )
  const [plain, sealed] = [await stat(plainFile), await stat(sealedFile)]
  console.log(
    `${(sizeBytes / 1e6).toFixed(0)} MB database, ${(plain.size / 1e6).toFixed(1)} MB dumped, ${(sealed.size / 1e6).toFixed(1)} MB sealed`,
  )
  console.log(
    `peak memory of this process ${(peakRssBytes / 1e6).toFixed(0)} MB; digests of all restored databases equal`,
  )
  await world.server.close()
}

async function timed(name: string, work: () => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now()
  await work()
  keep(name, performance.now() - startedAtMs)
}

function keep(name: string, tookMs: number): void {
  best.set(name, Math.min(best.get(name) ?? Infinity, tookMs))
}
