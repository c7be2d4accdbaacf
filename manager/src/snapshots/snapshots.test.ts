// The real internal server, followed by real consumers over a real socket.
import { stat } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { MemoryCertificates } from '@platen/drivers/certificates'
import {
  benchSnapshotSchema,
  edgeSnapshotSchema,
  ensureSealingKey,
  openSealed,
  sealingContexts,
  SnapshotFollower,
  type BenchSnapshot,
  type EdgeSnapshot,
} from '@platen/drivers/snapshots'
import { createLogger } from '@platen/kit/logging'
import { dataPaths, socketPaths } from '@platen/kit/names'
import { OperationRunner, readOperation } from '@platen/kit/operations'
import { one, sql, withScope, type Tx } from '@platen/kit/sql'
import { eventually, temporaryDirectory, type TemporaryDirectory } from '@platen/kit/testing'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { aSite, aTenant, startOn, type TestTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { ensureCertificates } from '../certificates/index.ts'
import { ensureSnapshotKey } from '../platform-key.ts'
import { buildBenchSnapshot, buildEdgeSnapshot } from '../publishing/index.ts'
import { openSiteSecrets, suspendSite } from '../sites/index.ts'
import { setSiteState } from '../sites/set-site-state.ts'
import { raiseGeneration, requireSite } from '../sites/site-store.ts'
import { createSnapshotHub, startInternalServer, type SnapshotHub } from './index.ts'

const zone = 'platen.localhost'
const bench = 'bench-main-1'
const logger = createLogger({ name: 'test', level: 'silent' })
const asOperator = { operator: true }

let platform: TestPlatform
let tenant: TestTenant
let directory: TemporaryDirectory
let manager: { hub: SnapshotHub; close(): Promise<void> }
const followers: SnapshotFollower<unknown>[] = []

beforeAll(async () => {
  platform = await testPlatform({ acknowledging: false })
  tenant = await aTenant(platform)
  directory = await temporaryDirectory()
  manager = await startManagerHalf()
})
afterEach(async () => {
  await Promise.all(followers.splice(0).map((follower) => follower.stop()))
})
afterAll(async () => {
  await manager?.close()
  await platform?.close()
  await directory?.remove()
})

const paths = () => dataPaths(directory.path)
const sockets = () => socketPaths(directory.path)
const inTenant = <T>(work: (tx: Tx) => Promise<T>): Promise<T> => withScope(platform.workerDb, asOperator, work)

/** What of the manager publishes: as in manager.ts. */
async function startManagerHalf() {
  const { workerDb, workerConnection, vault } = platform
  const hub = await createSnapshotHub(workerDb, workerConnection)
  const signingKey = await ensureSnapshotKey(workerDb, vault, paths().keys.managerPublic)
  const server = await startInternalServer({
    socketPath: sockets().managerInternal,
    db: workerDb,
    hub,
    signingKey,
    logger,
    build: async (tx, row) => {
      const key = await ensureSealingKey(paths().keys.consumer(row.consumer))
      return row.bench_id === null
        ? buildEdgeSnapshot(tx, key, {
            vault,
            sockets: sockets(),
            zone,
            consoleHost: `console.${zone}`,
            httpsPort: 32443,
          })
        : buildBenchSnapshot(tx, row.bench_id, key, {
            vault,
            databaseHost: '/run',
            databasePort: 5432,
            consoleUrl: `https://console.${zone}:32443`,
          })
    },
  })
  return {
    hub,
    async close() {
      await server.close()
      await hub.close()
    },
  }
}

interface Received<Snapshot> {
  version: number
  snapshot: Snapshot
}

async function follow<Snapshot>(consumer: string, schema: { parse(value: unknown): Snapshot }) {
  await ensureSealingKey(paths().keys.consumer(consumer))
  const received: Received<Snapshot>[] = []
  const follower = new SnapshotFollower<unknown>({
    consumer,
    schema: schema as never, // one of the two schemas of drivers/snapshots; the follower is generic over what they give
    socketPath: sockets().managerInternal,
    file: join(directory.path, `${consumer}-${followers.length}-${Date.now()}.json`),
    publicKeyFile: paths().keys.managerPublic,
    apply: async (snapshot, { version }) => void received.push({ version, snapshot: schema.parse(snapshot) }),
    logger,
    pollMs: 2_000,
    backoff: { minimumMs: 20, maximumMs: 100 },
  })
  followers.push(follower)
  await follower.start()
  return { follower, received, latest: () => received.at(-1) }
}

const followBench = () => follow<BenchSnapshot>(bench, benchSnapshotSchema)
const followEdge = () => follow<EdgeSnapshot>('edge', edgeSnapshotSchema)
const benchId = (tx: Tx) => one(tx, sql<{ id: string }>`SELECT id FROM manager.benches WHERE name = 'main'`)
const sealingKey = (consumer: string) => ensureSealingKey(paths().keys.consumer(consumer))

const raise = (siteId: string) =>
  inTenant(async (tx) => {
    await raiseGeneration(tx, siteId)
    return manager.hub.changedForBench(tx, (await benchId(tx)).id)
  })

describe('a change', () => {
  test('becomes a new version, is applied and acknowledged, and whoever waits goes on', async () => {
    const { siteId } = await aSite(platform, tenant)
    const { received, latest } = await followBench()
    await eventually(() => latest() !== undefined)
    const [published] = await raise(siteId)
    expect(published?.consumer).toBe(bench)
    expect(await manager.hub.waitUntilAcknowledged(published ? [published] : [], { timeoutMs: 5_000 })).toEqual([])
    expect(latest()?.version).toBe(Number(published?.version))
    expect(latest()?.snapshot.sites.find(({ id }) => id === siteId)?.generation).toBe(2)
    expect(received.map(({ version }) => version)).toEqual(
      received.map(({ version }) => version).toSorted((a, b) => a - b),
    )
  })

  test('that was rolled back is not published', async () => {
    const { latest } = await followBench()
    await eventually(() => latest() !== undefined)
    const before = latest()?.version
    const rolledBack = inTenant(async (tx) => {
      await manager.hub.changedForBench(tx, (await benchId(tx)).id)
      throw new Error('no')
    })
    await expect(rolledBack).rejects.toThrow('no')
    const { siteId } = await aSite(platform, tenant)
    const [published] = await raise(siteId)
    expect(Number(published?.version)).toBe(Number(before) + 1)
  })

  test('reaches the edge: state and bench of each host', async () => {
    const { siteId, name } = await aSite(platform, tenant)
    const { latest } = await followEdge()
    const published = await inTenant(async (tx) => {
      await setSiteState(tx, siteId, 'suspended')
      return manager.hub.changedForEdge(tx)
    })
    expect(await manager.hub.waitUntilAcknowledged(published, { timeoutMs: 5_000 })).toEqual([])
    const snapshot = latest()?.snapshot
    expect(snapshot?.routes[0]).toEqual({ host: `console.${zone}`, target: { kind: 'manager' }, state: 'active' })
    expect(snapshot?.routes.find(({ host }) => host === `${name}.${zone}`)).toEqual({
      host: `${name}.${zone}`,
      target: { kind: 'bench', bench: 'main', siteId },
      state: 'suspended',
    })
    expect(snapshot?.benches).toEqual([{ name: 'main', sockets: [sockets().bench('main', 1)] }])
  })
})

describe('secrets', () => {
  test('of a site open for its bench, in their place, and for nobody else', async () => {
    const { siteId } = await aSite(platform, tenant)
    const { latest } = await followBench()
    await eventually(() => latest()?.snapshot.sites.some(({ id }) => id === siteId))
    const site = latest()?.snapshot.sites.find(({ id }) => id === siteId)
    if (site === undefined) throw new Error('not published')
    const secrets = openSiteSecrets(platform.vault, await inTenant((tx) => requireSite(tx, siteId)))
    const key = await sealingKey(bench)
    const password = secrets.password('app').expose()
    expect(openSealed(key, site.database.sealedPassword, sealingContexts.databasePassword(siteId)).toString()).toBe(
      password,
    )
    const dataKey = openSealed(key, site.sealedDataKey, sealingContexts.dataKey(siteId))
    expect(dataKey).toEqual(Buffer.from(secrets.dataKey.expose(), 'base64url'))
    expect(dataKey).toHaveLength(32)
    expect(JSON.stringify(latest())).not.toContain(password)
    const edgeKey = await sealingKey('edge')
    const context = sealingContexts.databasePassword(siteId)
    expect(() => openSealed(edgeKey, site.database.sealedPassword, context)).toThrow('cannot be opened')
    expect(() => openSealed(key, site.database.sealedPassword, sealingContexts.dataKey(siteId))).toThrow(
      'cannot be opened',
    )
  })

  test('of a certificate open for the edge', async () => {
    const { latest } = await followEdge()
    await ensureCertificates({
      db: platform.workerDb,
      vault: platform.vault,
      issuer: new MemoryCertificates({ zone }),
      issuerName: 'memory',
      zone,
      addresses: [],
      snapshots: manager.hub,
    })
    await eventually(() => latest()?.snapshot.certificates.length === 1)
    const certificate = latest()?.snapshot.certificates[0]
    if (certificate === undefined) throw new Error('not published')
    const context = sealingContexts.certificateKey(certificate.names)
    const opened = openSealed(await sealingKey('edge'), certificate.sealedPrivateKey, context)
    expect(opened.toString()).toContain('PRIVATE KEY')
  })
})

describe('a silent consumer', () => {
  test('is named after the time is over', async () => {
    const { siteId } = await aSite(platform, tenant)
    expect(await manager.hub.waitUntilAcknowledged(await raise(siteId), { timeoutMs: 100 })).toEqual([bench])
  })

  test('that is forgotten meanwhile is not waited for', async () => {
    const waiting = manager.hub.waitUntilAcknowledged([{ consumer: 'bench-gone-1', version: 5n }], { timeoutMs: 5_000 })
    expect(await waiting).toEqual([])
  })

  test('does not hold up who was told to stop waiting', async () => {
    const { siteId } = await aSite(platform, tenant)
    const published = await raise(siteId)
    const stop = new AbortController()
    const waiting = manager.hub.waitUntilAcknowledged(published, { signal: stop.signal, timeoutMs: 60_000 })
    stop.abort(new Error('told to stop'))
    await expect(waiting).rejects.toThrow('told to stop')
  })

  test('lets a cancelled operation end at once, undone as soon as it answers', async () => {
    const { siteId } = await aSite(platform, tenant)
    const edge = await followEdge()
    await eventually(() => edge.latest() !== undefined)
    const id = await startOn(platform, tenant, suspendSite, siteId)
    const runner = new OperationRunner({
      db: platform.workerDb,
      connection: platform.workerConnection,
      definitions: [suspendSite],
      deps: { ...platform.deps, snapshots: manager.hub },
      workerId: 'silent',
    })
    await runner.start()
    const look = () => inTenant((tx) => readOperation(tx, id))
    await eventually(async () => (await look())?.steps[0]?.state === 'running', { timeoutMs: 15_000 })
    await sql`UPDATE operations.operations SET cancel_requested_at = now() WHERE id = ${id}`.execute(
      platform.database.db,
    )
    await sql`SELECT pg_notify('operation_cancel', ${id})`.execute(platform.database.db)
    // A notification that gets lost is made up for by the next heartbeat, ten seconds later.
    await eventually(async () => (await look())?.steps[0]?.state === 'undoing', { timeoutMs: 20_000 })
    await followBench()
    await eventually(async () => (await look())?.state === 'cancelled', { timeoutMs: 20_000 })
    await runner.stop()
    expect(await inTenant((tx) => requireSite(tx, siteId))).toMatchObject({ state: 'active' })
  })
})

test('version and content belong together while fifty changes are made at once', async () => {
  const sites = await Promise.all(Array.from({ length: 10 }, () => aSite(platform, tenant)))
  const { received, latest } = await followBench()
  await eventually(() => latest() !== undefined)
  const first = Number(latest()?.version)
  const sum = (snapshot: BenchSnapshot): number =>
    snapshot.sites.reduce(
      (total, site) => total + (sites.some(({ siteId }) => siteId === site.id) ? site.generation : 0),
      0,
    )
  const changes = await Promise.all(Array.from({ length: 50 }, (_, index) => raise(sites[index % 10]?.siteId ?? '')))
  const versions = changes.flat().map(({ version }) => Number(version))
  expect(versions.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, index) => first + 1 + index))
  expect(await manager.hub.waitUntilAcknowledged(changes.flat(), { timeoutMs: 10_000 })).toEqual([])
  // Each change raises one version and one generation: in any snapshot both have risen by the same.
  for (const { version, snapshot } of received.filter((one) => one.version >= first))
    expect({ version, sum: sum(snapshot) }).toEqual({ version, sum: 10 + version - first })
  expect(latest()?.version).toBe(first + 50)
})

test('a manager that is started again goes on with the same versions, keys and consumers', async () => {
  const { siteId } = await aSite(platform, tenant)
  const { latest, follower } = await followBench()
  const [before] = await raise(siteId)
  expect(await manager.hub.waitUntilAcknowledged(before ? [before] : [], { timeoutMs: 5_000 })).toEqual([])
  const applied = latest()
  const started = performance.now()
  await manager.close()
  // A poll that hangs is answered at once.
  expect(performance.now() - started).toBeLessThan(5_000)
  manager = await startManagerHalf()
  await eventually(() => follower.status().isManagerReachable)
  const [after] = await raise(siteId)
  expect(after?.version).toBe((before?.version ?? 0n) + 1n)
  expect(await manager.hub.waitUntilAcknowledged(after ? [after] : [], { timeoutMs: 5_000 })).toEqual([])
  expect(latest()?.version).toBe(Number(applied?.version) + 1)
})

test('a change made while notifications are cut off reaches the consumer without waiting for the next poll', async () => {
  const { siteId } = await aSite(platform, tenant)
  const { latest } = await followBench()
  await eventually(() => latest() !== undefined)
  const { db } = platform.database
  await sql`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND query LIKE '%"snapshot_changed"%' AND pid <> pg_backend_pid()`.execute(db)
  const started = performance.now()
  const published = await raise(siteId)
  expect(await manager.hub.waitUntilAcknowledged(published, { timeoutMs: 5_000 })).toEqual([])
  expect(performance.now() - started).toBeLessThan(5_000)
})

describe('the internal socket', () => {
  const ask = (method: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      request({ socketPath: sockets().managerInternal, method, path }, (response) => {
        response.resume()
        resolve(response.statusCode)
      })
        .on('error', reject)
        .end()
    })

  test('can be opened by nobody else', async () => {
    expect((await stat(sockets().managerInternal)).mode & 0o777).toBe(0o600)
  })

  test.each([
    ['GET', '/snapshots/bench-unknown-1', 404],
    ['GET', '/elsewhere', 404],
    ['GET', '/snapshots/edge/acknowledgement', 405],
    ['DELETE', '/snapshots/edge', 405],
    ['PUT', '/snapshots/edge/acknowledgement', 422],
  ])('answers %s %s with %i', async (method, path, status) => {
    expect(await ask(method, path)).toBe(status)
  })
})
