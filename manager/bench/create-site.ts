// How long the operation that creates a site takes when nothing outside takes any time: the engine, its SQL and ours.
//   PLATEN_TEST_POSTGRES='{"host": "<socket directory>", "user": "postgres", "password": "..."}' node manager/bench/create-site.ts [rounds]
// The memory drivers stand in for databases, objects, bench and edge; acknowledgements come as fast as LISTEN carries them.
import { OperationRunner, readOperation, type OperationView } from '@platen/kit/operations'
import { withScope } from '@platen/kit/sql'
import { createSite, dropSite } from '../src/sites/index.ts'
import { aReservedSite, aTenant, startOn, type SiteOperation } from '../testing/builders.ts'
import { testPlatform } from '../testing/platform.ts'

const rounds = Number(process.argv[2] ?? 50)
const warmUpRounds = 5

const platform = await testPlatform()
const tenant = await aTenant(platform)
const runner = new OperationRunner({
  db: platform.workerDb,
  connection: platform.workerConnection,
  definitions: [createSite, dropSite],
  deps: platform.deps,
  workerId: 'bench',
})

const totals = new Map<SiteOperation, number[]>()
const steps = new Map<string, number[]>()
for (let round = -warmUpRounds; round < rounds; round += 1) {
  const { siteId } = await aReservedSite(platform, tenant)
  for (const definition of [createSite, dropSite]) {
    const startedAt = performance.now()
    const view = await run(definition, siteId)
    if (round >= 0) record(definition, performance.now() - startedAt, view)
  }
}
await runner.stop()
await platform.close()

for (const [definition, times] of totals) {
  print(definition.type, times)
  for (const { name } of definition.plan) print(`  ${name}`, steps.get(`${definition.type} ${name}`) ?? [])
}

async function run(definition: SiteOperation, siteId: string): Promise<OperationView> {
  const id = await startOn(platform, tenant, definition, siteId)
  await runner.run(id)
  const view = await withScope(platform.workerDb, { operator: true }, (tx) => readOperation(tx, id))
  if (view?.state !== 'succeeded') throw new Error(`${definition.type} ended as ${view?.state ?? 'nothing'}`)
  return view
}

function record(definition: SiteOperation, totalMs: number, view: OperationView): void {
  totals.set(definition, [...(totals.get(definition) ?? []), totalMs])
  for (const { name, startedAt, endedAt } of view.steps) {
    const key = `${definition.type} ${name}`
    steps.set(key, [...(steps.get(key) ?? []), Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '')])
  }
}

/** Step times are those of the operation's record: whole milliseconds. */
function print(what: string, times: readonly number[]): void {
  const sorted = times.toSorted((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1).padStart(8)
  const mean = (times.reduce((sum, time) => sum + time, 0) / times.length).toFixed(1).padStart(8)
  console.log(`${what.padEnd(26)} p50 ${at(0.5)} ms   p95 ${at(0.95)} ms   mean ${mean} ms`)
}
