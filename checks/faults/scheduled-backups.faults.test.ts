// Scheduled backups over simulated days: random failures of everything they touch, workers that die and come back as zombies, a manager that is
// away for hours, a clock that jumps 40 days ahead and back. Every slot must end verified or alarmed, and the newest backups must never go.
import { MemoryCertificates } from '../../drivers/certificates/index.ts'
import { MemoryDatabaseServer } from '../../drivers/databases/index.ts'
import { DriverError } from '../../drivers/errors/index.ts'
import { MemoryObjects } from '../../drivers/objects/index.ts'
import { MemoryRunner } from '../../drivers/runners/index.ts'
import { siteObjectPrefix } from '../../kit/names/index.ts'
import { isTerminal, OperationRunner, readOperation, type Failpoints } from '../../kit/operations/index.ts'
import { rows, sql, withScope } from '../../kit/sql/index.ts'
import { listOpenKeys } from '../../manager/src/alerts/alert-store.ts'
import { watchOnce } from '../../manager/src/alerts/watch.ts'
import { backUpSite, pruneBackups } from '../../manager/src/backups/index.ts'
import { storedManifests, openTenantKey } from '../../manager/src/backups/backup-store.ts'
import { listedObject, readManifest } from '../../manager/src/backups/restore-archive.ts'
import { slotsFrom, type ScheduledSite } from '../../manager/src/backups/schedule.ts'
import { setOwnPolicy } from '../../manager/src/backups/schedule-store.ts'
import { backUpWhatIsDue, pruneWhatIsOld } from '../../manager/src/backups/scheduler.ts'
import { eachFile, sumsOf } from '../../manager/src/backups/site-files.ts'
import { createSite } from '../../manager/src/sites/index.ts'
import { aReservedSite, aTenant, runOn, type TestTenant } from '../../manager/testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../manager/testing/platform.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isFullForm, randomFrom, type SeededRandom } from './index.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const graceMs = 2 * hourMs
/** Summer time ends in Paris five days later. */
const start = new Date('2026-10-20T00:00:00Z')
const form = isFullForm()
  ? { sites: 40, days: 9, stepMinutes: 30, sick: 8, atLeast: 1000 }
  : { sites: 5, days: 5, stepMinutes: 60, sick: 2, atLeast: 35 }
const stepMs = form.stepMinutes * minuteMs
/** From the start: when no manager runs, when the clock is ahead, when the first sites cannot be backed up whatever is tried. */
const away = { from: 26, until: 31 }
const jumped = { from: 50, until: 56 }
const sick = { from: 70, until: 110 }
const isWithin = (hours: number, { from, until }: typeof away): boolean => hours >= from && hours < until

let platform: TestPlatform
let tenant: TestTenant
let random: SeededRandom
const databases = new MemoryDatabaseServer()
const objects = new MemoryObjects()
/** What the database's clock says. */
let clock = start
const sickSites = new Set<string>()

beforeAll(async () => {
  platform = await testPlatform({ databases, objects })
  platform.deps.now = () => clock
  tenant = await aTenant(platform)
})
afterAll(() => platform.close())

const inScope = <T>(work: Parameters<typeof withScope<T>>[2]) => withScope(platform.workerDb, { operator: true }, work)
const parts = () => ({ db: platform.workerDb, now: () => clock })
const after = (from: Date, ms: number): Date => new Date(from.getTime() + ms)

/** What happened, for the line that is printed at the end. */
const told = { begun: 0, failed: 0, pruned: 0, faults: 0, deaths: 0 }

async function aScheduledSite(index: number): Promise<ScheduledSite> {
  const { siteId: id } = await aReservedSite(platform, tenant, idOf(index))
  expect(await runOn(platform, tenant, createSite, id)).toMatchObject({ state: 'succeeded' })
  if (index < form.sick) sickSites.add(id)
  const policy = {
    everyHours: index < form.sick ? (6 as const) : random.pick([6, 6, 8, 12, 24, 168] as const),
    atHour: random.integer(0, 23),
    timeZone: random.pick(['Europe/Paris', 'America/Sao_Paulo', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']),
    keepDays: random.integer(1, 3),
  }
  const state = random.pick(['active', 'active', 'suspended', 'inactive', 'broken'])
  await inScope(async (tx) => {
    await setOwnPolicy(tx, id, policy)
    await sql`UPDATE manager.sites SET activated_at = ${start}, state = ${state} WHERE id = ${id}`.execute(tx)
  })
  return { id, policy, since: start }
}

/** Drawn from the seed: a site's share of the delay comes from its id. */
function idOf(index: number): string {
  const numbers = random.fork(`site ${index}`)
  const hex = (length: number): string => Array.from({ length }, () => numbers.integer(0, 15).toString(16)).join('')
  return `01990000-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`
}

async function changeAFile({ id }: ScheduledSite): Promise<void> {
  const key = `${siteObjectPrefix(id)}pictures/${random.integer(1, 4)}`
  const content = Buffer.from(`picture ${random.integer(1, 6)}`)
  if (random.next() < 0.3) await objects.remove(key)
  else await objects.put(key, content, { contentType: 'image/png', maxBytes: 100 })
}

/** Strikes a few calls of one of the drivers: passing, lasting, or with the answer lost. */
function strike(): void {
  told.faults += 1
  const error = random.pick([
    new DriverError('unavailable', 'nobody answers'),
    new DriverError('unavailable', 'nobody answers'),
    new DriverError('refused', 'no room left'),
  ])
  const when = random.pick(['before', 'after'] as const)
  const times = random.integer(1, 7)
  const hit = random.pick(['databases', 'objects', 'runtime'])
  if (hit === 'databases') {
    const calls = ['exportSnapshot', 'dump', 'restore', 'ensureSiteDatabase', 'removeSiteDatabase'] as const
    databases.faults.inject(random.pick(calls), { error, when, times })
  } else if (hit === 'runtime')
    platform.runtime.faults.inject(random.pick(['describe', 'digest', 'smokeTest'] as const), { error, when, times })
  else {
    const call = random.pick(['put', 'get', 'head', 'list', 'remove', 'removePrefix'] as const)
    for (let count = 0; count < times; count += 1) objects.failNext(call, error, when)
  }
}

/** What was not met in one operation must not be met by the test itself. */
async function heal(): Promise<void> {
  databases.faults.clear()
  platform.runtime.faults.clear()
  const tries = [
    () => objects.put('scratch/x', Buffer.from('x'), { contentType: 'text/plain', maxBytes: 1 }),
    () => objects.get('scratch/x'),
    () => objects.head('scratch/x'),
    () => objects.list('scratch'),
    () => objects.removePrefix('scratch/y'),
    () => objects.remove('scratch/x'),
  ]
  for (const attempt of tries)
    while (
      !(await attempt().then(
        () => true,
        () => false,
      ))
    );
}

const newRunner = (workerId: string, failpoints?: Failpoints) =>
  new OperationRunner({
    db: platform.workerDb,
    connection: platform.workerConnection,
    definitions: [backUpSite, pruneBackups],
    deps: platform.deps,
    workerId,
    random: () => 0,
    onTakeover: async (_previous, { tagPrefix, tag }) => void (await databases.endSessions(tagPrefix, tag)),
    ...(failpoints === undefined ? {} : { failpoints }),
  })

/** Brings an operation to its end, whatever happens; a worker that dies comes back when everything is over. */
async function settle(
  { id, type, isDoomed }: OpenOperation,
  runner: OperationRunner<typeof platform.deps>,
): Promise<void> {
  const fate = random.next()
  if (isDoomed) databases.faults.inject('dump', { error: new DriverError('refused', 'the table is broken'), times: 99 })
  else if (fate < 0.3) strike()
  if (fate > 0.92) await dieIn(id, type, runner)
  for (let turn = 0; turn < 200; turn += 1) {
    await runner.run(id)
    // A fault that lasts keeps an undo at work; it ends some time.
    if (turn > 20) await heal()
    const view = await inScope((tx) => readOperation(tx, id))
    if (view === undefined || !isTerminal(view.state)) continue
    if (view.state === 'failed') told.failed += 1
    return heal()
  }
  throw new Error(`operation ${id} does not end`)
}

async function dieIn(id: string, type: string, successor: OperationRunner<typeof platform.deps>): Promise<void> {
  told.deaths += 1
  const { steps } = (type === pruneBackups.type ? pruneBackups : backUpSite).draft
  const place = { step: random.pick(steps).name, at: random.pick(['before', 'mid', 'after'] as const) }
  const gate = Promise.withResolvers<void>()
  const reached = Promise.withResolvers<void>()
  const zombie = newRunner(`zombie of ${id}`, async ({ step, at, phase }) => {
    if (phase !== 'run' || step !== place.step || at !== place.at) return
    reached.resolve()
    await gate.promise
  })
  const zombieRun = zombie.run(id)
  await Promise.race([reached.promise, zombieRun])
  await inScope((tx) =>
    sql`UPDATE operations.operations SET lease_until = clock_timestamp() - interval '1 s' WHERE id = ${id} AND ended_at IS NULL`.execute(
      tx,
    ),
  )
  await successor.run(id)
  gate.resolve()
  await zombieRun
  await zombie.stop()
}

interface OpenOperation {
  id: string
  type: string
  isDoomed: boolean
}

async function settleAll(runner: OperationRunner<typeof platform.deps>, hours: number): Promise<void> {
  const open = await inScope((tx) =>
    rows(
      tx,
      sql<{
        id: string
        type: string
        siteId: string
      }>`SELECT id, type, subject_id AS "siteId" FROM operations.operations
        WHERE ended_at IS NULL ORDER BY id`,
    ),
  )
  for (const { id, type, siteId } of open)
    await settle({ id, type, isDoomed: isWithin(hours, sick) && sickSites.has(siteId) }, runner)
}

/** Keys of sites with an open alert about backups. */
async function alarmed(): Promise<Set<string>> {
  const watching = {
    ...parts(),
    runner: new MemoryRunner(),
    issuer: new MemoryCertificates({ zone: 'platen.localhost' }),
  }
  await watchOnce({ ...watching, diskSpace: async () => ({ freeBytes: 5e11, totalBytes: 1e12 }) })
  const open = await inScope(listOpenKeys)
  const told = open.filter(({ kind }) => kind === 'backup-overdue' || kind === 'backup-failed')
  return new Set(told.map(({ dedupeKey }) => dedupeKey.split('/')[1] ?? ''))
}

/** Everything that lists itself as verified is there, whole; and nothing is there that nobody lists. */
async function compareStore({ id: siteId }: ScheduledSite): Promise<void> {
  const { tenantId } = tenant
  const [backups, { key }] = await inScope(async (tx) => [
    await storedManifests(tx, siteId, null),
    await openTenantKey(tx, platform.vault, tenantId),
  ])
  const listed = new Set<string>()
  for (const backup of backups) {
    const place = { tenantId, siteId, backupId: backup.id }
    const archive = { place, objects, key, signal: AbortSignal.timeout(60_000) }
    const manifest = await readManifest(archive, backup, await platform.deps.archiveKey())
    for (const name of ['dump', 'files', 'manifest']) listed.add(`backups/${siteId}/${backup.id}/${name}`)
    await eachFile(archive, sumsOf(listedObject(manifest, 'files')), async ({ plainSha256 }, content) => {
      listed.add(`backups/${siteId}/files/${plainSha256}`)
      await (await content()).toArray()
    })
  }
  const stored = (await objects.list(`backups/${siteId}`, { limit: 10_000 })).map((object) => object.key)
  expect(stored.toSorted()).toEqual([...listed].toSorted())
}

interface Verified {
  id: string
  siteId: string
  createdAt: Date
}

test(
  `every slot of ${form.sites} sites over ${form.days} days ends verified or alarmed, and no newest backup goes`,
  { timeout: 3_600_000 },
  async () => {
    random = randomFrom()
    const sites: ScheduledSite[] = []
    for (let index = 0; index < form.sites; index += 1) sites.push(await aScheduledSite(index))
    const runner = newRunner('successor')
    const everVerified = new Map<string, Verified>()
    const alarms: { at: Date; sites: Set<string> }[] = []
    const end = after(start, form.days * dayMs)

    const lookAfterBackups = async (): Promise<void> => {
      const found = await inScope((tx) =>
        rows(
          tx,
          sql<Verified>`SELECT id, site_id AS "siteId", created_at AS "createdAt" FROM manager.backups WHERE state = 'verified'`,
        ),
      )
      for (const backup of found) everVerified.set(backup.id, backup)
      const ever = Map.groupBy(everVerified.values(), ({ siteId }) => siteId)
      const now = Map.groupBy(found, ({ siteId }) => siteId)
      for (const [id, all] of ever) {
        const [newest] = all.toSorted((a, b) => +b.createdAt - +a.createdAt)
        expect(
          now.get(id)?.map((backup) => backup.id),
          `backups of ${id}`,
        ).toContain(newest?.id)
        expect(now.get(id)?.length ?? 0, `backups of ${id}`).toBeGreaterThanOrEqual(Math.min(3, all.length))
      }
    }

    for (let at = start; at < end; at = after(at, stepMs)) {
      const hours = (at.getTime() - start.getTime()) / hourMs
      clock = isWithin(hours, jumped) ? after(at, 40 * dayMs) : at
      alarms.push({ at, sites: await alarmed() })
      if (isWithin(hours, away)) continue
      await changeAFile(random.pick(sites))
      for (let begun: string[] | undefined; begun === undefined || begun.length > 0;) {
        // Now and then two managers at once.
        const managers = random.next() < 0.3 ? [parts(), parts()] : [parts()]
        begun = (await Promise.all(managers.map(backUpWhatIsDue))).flat()
        told.begun += begun.length
        await settleAll(runner, hours)
      }
      await lookAfterBackups()
      for (let begun = await pruneWhatIsOld(parts()); begun.length > 0; begun = await pruneWhatIsOld(parts())) {
        await settleAll(runner, hours)
        told.pruned += begun.length
        await lookAfterBackups()
      }
    }
    await runner.stop()

    const slots = { verified: 0, alarmed: 0 }
    const silent: string[] = []
    for (const site of sites) {
      const verified = [...everVerified.values()].filter(({ siteId }) => siteId === site.id)
      for (const slot of slotsBetween(site, start, end)) {
        const until = after(slot, site.policy.everyHours * hourMs + graceMs)
        if (until > end) continue
        if (verified.some(({ createdAt }) => createdAt >= slot && createdAt <= until)) slots.verified += 1
        else if (alarms.some((look) => look.sites.has(site.id) && look.at >= slot && look.at <= after(until, stepMs)))
          slots.alarmed += 1
        else silent.push(`${site.id} every ${site.policy.everyHours} h: ${slot.toISOString()}`)
      }
    }
    for (const site of sites) await compareStore(site)
    console.log(`${JSON.stringify({ seed: random.seed, ...told, slots })}`)
    expect(silent).toEqual([])
    expect(told.begun).toBeGreaterThanOrEqual(form.atLeast)
    for (const count of [...Object.values(told), ...Object.values(slots)]) expect(count).toBeGreaterThan(0)
  },
)

function slotsBetween(site: ScheduledSite, from: Date, until: Date): Date[] {
  const slots = new Set<number>()
  for (let at = from; at < until; at = after(at, dayMs))
    for (const slot of slotsFrom(site, at)) if (slot >= from && slot < until) slots.add(slot.getTime())
  return [...slots].toSorted((a, b) => a - b).map((slot) => new Date(slot))
}
