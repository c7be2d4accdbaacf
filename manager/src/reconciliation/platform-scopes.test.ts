import { MemoryCertificates } from '@platen/drivers/certificates'
import { MemoryRunner } from '@platen/drivers/runners'
import { createLogger } from '@platen/kit/logging'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aSite, aTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { benchesScope, createReconciler, routesScope, startReconciling } from './index.ts'
import { listPlans } from './reconciliation-store.ts'

let platform: TestPlatform
beforeAll(async () => {
  platform = await testPlatform({ acknowledging: false })
})
afterAll(() => platform.close())

const remedies = async () => {
  const found = await withScope(platform.workerDb, { operator: true }, (tx) =>
    rows(
      tx,
      sql<{ remedy: string }>`SELECT changes ->> 'remedy' AS remedy FROM identity.audit_entries
        WHERE action = 'reconciliation.repaired' AND actor_label = 'platform' AND tenant_id IS NULL ORDER BY at`,
    ),
  )
  return found.map(({ remedy }) => remedy)
}

test('a bench that the runner has forgotten is started again, once', async () => {
  const runner = new MemoryRunner()
  const reconciler = createReconciler({
    db: platform.workerDb,
    scopes: [benchesScope({ db: platform.workerDb, runner, benchMemoryMb: 256 })],
  })
  await reconciler.run({ dryRun: true })
  expect(await runner.describe()).toEqual([])
  const [plan] = await reconciler.run()
  expect(plan?.differences).toMatchObject([{ kind: 'bench-not-running', outcome: 'repaired' }])
  expect((await runner.describe()).map(({ name }) => name)).toEqual(['bench-main-1'])
  expect((await reconciler.run())[0]?.differences).toEqual([])
  expect(await remedies()).toEqual(['start-bench'])
  runner.faults.inject('describe')
  const [silent] = await reconciler.run()
  expect(silent?.error).toContain('injected')
})

describe('routes and certificates', () => {
  const zone = 'platen.localhost'
  let issuer = new MemoryCertificates({ zone })
  let now = new Date()
  const reconcile = async () => {
    const { workerDb: db, vault, hub: snapshots } = platform
    const certificates = { db, vault, issuer, issuerName: 'memory', zone, addresses: ['127.0.0.1'], snapshots }
    const [plan] = await createReconciler({ db, scopes: [routesScope(certificates)], now: () => now }).run()
    return plan?.differences.map(({ kind, subject, outcome }) => `${kind} of ${subject.id} ${outcome}`)
  }
  const edge = () =>
    one(
      platform.workerDb,
      sql<{ version: bigint }>`SELECT version FROM manager.snapshot_consumers WHERE consumer = 'edge'`,
    )
  const acknowledge = () =>
    sql`UPDATE manager.snapshot_consumers SET acknowledged_version = version`.execute(platform.workerDb)

  test('a certificate that was deleted, or is of a lost authority, is issued again', async () => {
    await acknowledge()
    expect(await reconcile()).toEqual([`certificate-missing of ${zone} repaired`])
    await sql`DELETE FROM manager.certificates`.execute(platform.workerDb)
    expect(await reconcile()).toContain(`certificate-missing of ${zone} waiting`)
    now = new Date(now.getTime() + 30_000)
    expect(await reconcile()).toContain(`certificate-missing of ${zone} repaired`)
    issuer = new MemoryCertificates({ zone })
    expect(await reconcile()).toContain(`certificate-authority-changed of ${zone} repaired`)
    await acknowledge()
    expect(await reconcile()).toEqual([])
  })

  test('an edge that stays behind for 30 seconds is told again, and then less and less often', async () => {
    await withScope(platform.workerDb, { operator: true }, (tx) => platform.hub.changedForEdge(tx))
    const behind = () => reconcile().then((plan) => plan?.filter((line) => line.includes('of edge')))
    const { version } = await edge()
    now = new Date(Date.now() + 10_000)
    expect(await behind()).toEqual(['snapshot-behind of edge waiting'])
    now = new Date(now.getTime() + 30_000)
    expect(await behind()).toEqual(['snapshot-behind of edge repaired'])
    expect((await edge()).version).toBe(version + 1n)
    now = new Date(now.getTime() + 30_000)
    expect(await behind()).toEqual(['snapshot-behind of edge repaired'])
    now = new Date(now.getTime() + 30_000)
    expect(await behind()).toEqual(['snapshot-behind of edge waiting'])
    await acknowledge()
    expect(await behind()).toEqual([])
  })
})

test('the loop runs by itself, and again soon after a row was changed', async () => {
  const { workerDb: db, workerConnection: connection } = platform
  const { siteId } = await aSite(platform, await aTenant(platform))
  const runner = new MemoryRunner()
  const reconciler = createReconciler({ db, scopes: [benchesScope({ db, runner, benchMemoryMb: 256 })] })
  const logger = createLogger({ name: 'test', level: 'silent' })
  const loop = await startReconciling({ reconciler, connection, logger, periodMs: 600_000, restMs: 1 })
  const ran = async () => (await listPlans(db)).find(({ scope }) => scope === 'benches')?.ranAt.getTime() ?? 0
  await eventually(async () => expect(await runner.describe()).toHaveLength(1))
  const first = await eventually(async () => {
    const at = await ran()
    expect(at).toBeGreaterThan(0)
    return at
  })
  // Woken by the row, ten minutes before its time.
  await withScope(db, { operator: true }, (tx) =>
    sql`UPDATE manager.sites SET placed = false WHERE id = ${siteId}`.execute(tx),
  )
  await eventually(async () => expect(await ran()).toBeGreaterThan(first))
  await loop.stop()
})
