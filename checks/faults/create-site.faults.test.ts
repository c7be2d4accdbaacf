// create-site with the worker's line to the control plane's database made bad at each step (reliability 2.4, provision: P and N). However
// it ends, the site is active or absent, never half, and nobody had to do anything.
import { join } from 'node:path'
import {
  OperationRunner,
  isTerminal,
  readOperation,
  type Failpoint,
  type Failpoints,
} from '../../kit/operations/index.ts'
import { siteDatabaseName } from '../../kit/names/index.ts'
import { openDatabase, rows, sql, withScope } from '../../kit/sql/index.ts'
import { createSite } from '../../manager/src/sites/index.ts'
import { aReservedSite, aTenant, startOn, type TestTenant } from '../../manager/testing/builders.ts'
import { unsettledSites } from '../../manager/testing/inventory.ts'
import { testPlatform, testWorker, type TestPlatform } from '../../manager/testing/platform.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  assertConverged,
  faultTable,
  isFullForm,
  randomFrom,
  TcpProxy,
  type FaultCell,
  type Inventory,
  type SeededRandom,
} from './index.ts'

let platform: TestPlatform
let tenant: TestTenant

beforeAll(async () => {
  platform = await testPlatform()
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

/** The line of one worker, and the name its sessions have at the server. */
interface Line {
  proxy: TcpProxy
  applicationName: string
}

/** Begins the fault; what it returns ends it, at the latest before the next step. */
type Strike = (line: Line) => Promise<() => Promise<void>>

const nothingToEnd = async (): Promise<void> => {}

const faults: Record<string, Strike> = {
  'session killed': async ({ applicationName }) => {
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where starts_with(application_name, ${applicationName})`.execute(platform.database.db)
    return nothingToEnd
  },
  'line reset': async ({ proxy }) => {
    proxy.resetAll()
    return nothingToEnd
  },
  'half-open 2 s': ({ proxy }) => forTwoSeconds(proxy, 'drop'),
  'partition 2 s': ({ proxy }) => forTwoSeconds(proxy, 'hold'),
  'latency 200 ms': async ({ proxy }) => {
    await proxy.set({ latencyMs: 100, jitterMs: 20 })
    return () => proxy.heal()
  },
  'cut mid-answer': async ({ proxy }) => {
    await proxy.set({ direction: 'down', resetAfterBytes: 1_500 })
    // Also when the step never ends: a line that is bad for good is another fault.
    const timer = setTimeout(() => void proxy.heal(), 1_000)
    return async () => {
      clearTimeout(timer)
      await proxy.heal()
    }
  },
}

/** The server was replaced: what is open is half-open for good, what is opened now works. */
const strand: Strike = async ({ proxy }) => {
  proxy.strandAll()
  return nothingToEnd
}

async function forTwoSeconds(proxy: TcpProxy, halfOpen: 'hold' | 'drop'): Promise<() => Promise<void>> {
  await proxy.set({ halfOpen })
  // The line comes back by itself: nothing else could get through to say that the step is over.
  setTimeout(() => void proxy.heal(), 2_000)
  return nothingToEnd
}

/** Runs the operation over a line of its own, on which `strike` happens once; answers as what the site has settled. */
async function settle(step: string, strike: Strike, random: SeededRandom, timeoutMs = 30_000): Promise<string> {
  const at = random.pick(['before', 'mid', 'after'] as const)
  const { host, port = 5432 } = platform.workerConnection
  const proxy = await TcpProxy.start({ upstream: { path: join(host, `.s.PGSQL.${port}`) }, random })
  const applicationName = `fault-${random.seed}`
  // As the manager's: a line that went dead is noticed by our own limit, for the server's answer never arrives.
  const workerConnection = {
    ...platform.workerConnection,
    ...proxy.endpoint,
    applicationName,
    statementTimeoutMs: 10_000,
  }
  const workerDb = openDatabase(workerConnection)
  const worker = await testWorker({ ...platform, workerDb, workerConnection })
  const { siteId } = await aReservedSite(platform, tenant)
  const operationId = await startOn(platform, tenant, createSite, siteId)
  const { failpoints, struck } = strikeOnce({ step, at }, () => strike({ proxy, applicationName }))
  const runner = new OperationRunner({
    db: workerDb,
    connection: workerConnection,
    definitions: [createSite],
    deps: worker.deps,
    workerId: applicationName,
    leaseMs: 3_000,
    random: () => 0,
    failpoints,
  })
  try {
    const inventories = [
      { name: 'operation', read: () => runUntilEnded(runner, operationId), expected: 'ended' },
      { name: 'half a site', read: () => unsettledSites(platform, new Map([[siteId, 'active']])), expected: [] },
    ]
    await assertConverged(inventories, { timeoutMs, pollMs: 50 })
    if (!struck()) throw new Error(`the fault never struck ${at} ${step}`)
    return `${await stateOf(siteId)} (struck ${at})`
  } finally {
    await proxy.heal()
    // Whatever still hangs on a stranded connection would hold up the end.
    proxy.resetAll()
    const operation = { name: 'operation', read: () => runUntilEnded(runner, operationId), expected: 'ended' }
    await assertConverged([operation], { timeoutMs: 15_000 }).catch(() => undefined)
    await runner.stop()
    await worker.hub.close()
    await workerDb.destroy()
    await proxy.close()
  }
}

function strikeOnce(
  place: Pick<Failpoint, 'step' | 'at'>,
  strike: () => Promise<() => Promise<void>>,
): { failpoints: Failpoints; struck: () => boolean } {
  let end: (() => Promise<void>) | undefined
  return {
    struck: () => end !== undefined,
    async failpoints({ step, phase, at }) {
      if (phase !== 'run') return
      if (end !== undefined && step !== place.step && at === 'before') await end()
      if (end === undefined && step === place.step && at === place.at) end = await strike()
    },
  }
}

/** What a worker's sweep does, without its pauses. */
async function runUntilEnded(runner: Pick<OperationRunner<unknown>, 'run'>, operationId: string): Promise<string> {
  await runner.run(operationId)
  const view = await withScope(platform.workerDb, { operator: true }, (tx) => readOperation(tx, operationId))
  return view !== undefined && isTerminal(view.state) ? 'ended' : `${view?.state}`
}

async function stateOf(siteId: string): Promise<string> {
  const found = await ask<{ state: string }>(sql`select state from manager.sites where id = ${siteId}`)
  return found[0]?.state === 'dropped' ? 'absent' : `${found[0]?.state}`
}

const ask = <R>(query: ReturnType<typeof sql<R>>): Promise<R[]> =>
  withScope(platform.workerDb, { operator: true }, (tx) => rows(tx, query))

/** Which sites there are, according to everybody who keeps something of a site: a list of database names. */
const everything: Inventory[] = [
  {
    name: 'sites',
    read: async () =>
      (await ask<{ name: string }>(sql`select database_name as name from manager.sites where state <> 'dropped'`))
        .map(({ name }) => name)
        .toSorted(),
  },
  {
    name: 'databases',
    read: async () =>
      (await platform.databases.describe()).databases
        .filter(({ template }) => !template)
        .map(({ name }) => name)
        .toSorted(),
  },
  {
    name: 'roles',
    read: async () =>
      [
        ...new Set((await platform.databases.describe()).roles.map(({ name }) => name.replace(/_[a-z]+$/, ''))),
      ].toSorted(),
  },
  {
    name: 'objects',
    read: async () => {
      const found = await platform.objects.list('sites', { limit: 10_000 })
      return [...new Set(found.map(({ key }) => siteDatabaseName(key.split('/')[1] ?? '')))].toSorted()
    },
  },
  {
    name: 'hosts',
    read: async () =>
      (
        await ask<{ name: string }>(
          sql`select s.database_name as name from manager.hosts h join manager.sites s on s.id = h.site_id`,
        )
      )
        .map(({ name }) => name)
        .toSorted(),
  },
]

const steps = createSite.draft.steps.map(({ name }) => name)
const cells: FaultCell[] = steps.flatMap((step) =>
  Object.entries(faults).map(([fault, strike]) => ({ step, fault, run: (random) => settle(step, strike, random) })),
)

// reliability 2.4, N: noticed within 15 s. One step stands for all: the wait is the same everywhere.
const stranded: FaultCell = {
  step: 'create-database',
  fault: 'line stranded',
  run: (random) => settle('create-database', strand, random, 60_000),
}

test('create-site converges to active or absent, whatever happens to the line of its worker at whatever step', async () => {
  const random = randomFrom()
  const form = isFullForm() ? { cells: [stranded, ...cells] } : { cells, sample: 12 }
  const table = await faultTable({ title: 'create-site', random, concurrency: 4, ...form })
  for (const { outcome } of table) expect(outcome).toMatch(/^(active|absent) \(/)
  await assertConverged(everything, { timeoutMs: 5_000 })
}, 300_000)

test('a database that belongs to no site is told by name', async () => {
  const orphan = { name: 's_orphan', template: null, tag: 'op:nobody', roles: [], session: 'test' }
  await platform.databases.ensureSiteDatabase(orphan)
  await expect(assertConverged(everything, { timeoutMs: 200 })).rejects.toMatchObject({ names: ['databases'] })
  await platform.databases.removeSiteDatabase({ name: orphan.name, roles: [], session: 'test' })
  await assertConverged(everything, { timeoutMs: 200 })
})
