// What sealing costs beside a plain copy, in one run, in turns: node kit/archives/bench.ts [megabytes, default 512] [rounds, default 3]
// From file to file in the temporary folder; the best round of each counts, because other work on the machine only slows down.
import { createSecretKey, randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { PassThrough, type Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { openStream, sealStream } from './index.ts'

const megabytes = wholeNumber(process.argv[2], 512)
const rounds = wholeNumber(process.argv[3], 3)
const chunkBytes = 1_048_576
const key = createSecretKey(randomBytes(32))
const directory = await mkdtemp(join(tmpdir(), 'platen-archives-'))
const file = (name: string): string => join(directory, name)
let peakRssBytes = 0

try {
  await writeSource()
  const best = new Map<string, number>()
  for (let round = 0; round < rounds; round += 1) {
    await measure(best, 'plain copy', 'plain', 'copy', () => new PassThrough({ highWaterMark: chunkBytes }))
    await measure(best, 'seal', 'plain', 'sealed', () => sealStream(key, { context: 'bench' }))
    await measure(best, 'open', 'sealed', 'opened', () => openStream(key, { context: 'bench' }))
  }
  const copyMs = best.get('plain copy') ?? Number.NaN
  for (const [name, bestMs] of best) {
    const rate = ((megabytes * chunkBytes) / 1e6 / (bestMs / 1000)).toFixed(0)
    console.log(
      `${name.padEnd(12)} ${rate.padStart(6)} MB/s  ${((copyMs / bestMs) * 100).toFixed(0).padStart(4)} % of plain copy`,
    )
  }
  console.log(`${megabytes} MiB, ${rounds} rounds, peak memory ${Math.round(peakRssBytes / 1e6)} MB`)
} finally {
  await rm(directory, { recursive: true, force: true })
}

async function measure(
  best: Map<string, number>,
  name: string,
  from: string,
  to: string,
  make: () => Transform,
): Promise<void> {
  const startedAtMs = performance.now()
  const through = make()
  through.on('data', () => void (peakRssBytes = Math.max(peakRssBytes, process.memoryUsage.rss())))
  through.pause()
  await pipeline(createReadStream(file(from), { highWaterMark: chunkBytes }), through, createWriteStream(file(to)))
  best.set(name, Math.min(best.get(name) ?? Infinity, performance.now() - startedAtMs))
}

async function writeSource(): Promise<void> {
  const block = randomBytes(chunkBytes)
  const target = await open(file('plain'), 'w')
  for (let index = 0; index < megabytes; index += 1) await target.write(block)
  await target.close()
}

function wholeNumber(text: string | undefined, fallback: number): number {
  const value = Number(text)
  return Number.isInteger(value) && value > 0 ? value : fallback
}
