import { describe, expect, test } from 'vitest'
import { dedupeKeyOf, type OpenAlert } from './alert.ts'
import { daysUntilFull, watchDisk } from './watch-disk.ts'
import {
  watchAudit,
  watchBenches,
  watchCertificates,
  watchConsumers,
  watchJobs,
  watchers,
  watchOperations,
  watchEvents,
  watchSites,
  watchStorage,
  type WatchFacts,
} from './watchers.ts'

const now = new Date('2026-11-20T12:00:00Z')
const gigabyte = 1024 ** 3
const ago = (minutes: number): Date => new Date(now.getTime() - minutes * 60_000)
const inDays = (days: number): Date => new Date(now.getTime() + days * 86_400_000)

const allWell: WatchFacts = {
  now,
  processes: [],
  disk: { freeBytes: 500 * gigabyte, totalBytes: 1000 * gigabyte },
  diskSamples: [],
  operations: [],
  certificates: [],
  consumers: [],
  failingSites: [],
  backups: [],
  fullSites: [],
  failedJobs: [],
  events: { dead: 0, waitingSince: null },
}
const facts = (some: Partial<WatchFacts>): WatchFacts => ({ ...allWell, ...some })
const openOf = (key: string): OpenAlert => ({ kind: key.split(':')[0] ?? '', dedupeKey: key })

test('where all is well nothing is raised, and what was open is over', () => {
  const open = [
    'bench-unhealthy:bench-process/bench-main-1',
    'disk-space-low:disk/data',
    'operation-stuck:operation/1',
    'certificate-expiring:certificate/a',
    'consumer-behind:consumer/edge',
    'site-unreachable:site/1',
    'backup-overdue:site/1',
    'backup-failed:site/1',
    'backup-smaller:site/1',
    'site-storage-full:site/1',
    'jobs-failed:job/send-identity-mail',
    'audit-broken:audit-trail/control-plane',
    'events-stuck:outbox/control-plane',
  ].map(openOf)
  const verdicts = watchers.map((watch) => watch(allWell, open))
  expect(verdicts.flatMap(({ raise }) => raise)).toEqual([])
  expect(verdicts.flatMap(({ resolve }) => resolve)).toEqual(open.map(({ dedupeKey }) => dedupeKey))
})

test('an alert of a kind that no watcher knows is left alone', () => {
  const open = [openOf('backup-missed:site/1')]
  expect(watchers.flatMap((watch) => watch(allWell, open).resolve)).toEqual([])
})

test('what is still wrong is raised again, not resolved', () => {
  const failing = facts({ failingSites: [{ id: '1', name: 'acme', detail: 'Status 502.', isBusy: false }] })
  const { raise, resolve } = watchSites(failing, [openOf('site-unreachable:site/1'), openOf('site-unreachable:site/2')])
  expect(raise.map(dedupeKeyOf)).toEqual(['site-unreachable:site/1'])
  expect(raise[0]).toMatchObject({ detail: 'Status 502.', subject: { label: 'acme' } })
  expect(resolve).toEqual(['site-unreachable:site/2'])
})

test('a failing site that is being worked on is not raised anew, and its open alert is not over', () => {
  const failing = facts({ failingSites: [{ id: '1', name: 'acme', detail: 'x', isBusy: true }] })
  const open = [openOf('site-unreachable:site/1')]
  expect(watchSites(failing, [])).toEqual({ raise: [], resolve: [] })
  expect(watchSites(failing, open)).toMatchObject({ raise: [{ subject: { id: '1' } }], resolve: [] })
})

describe('a bench process', () => {
  const running = {
    name: 'bench-main-1',
    state: 'running',
    healthy: true,
    startedAt: ago(10).toISOString(),
    restarts: 0,
  }
  test.each([
    ['that answers', {}, []],
    ['that does not answer', { healthy: false }, ['bench-unhealthy']],
    ['that has just begun', { healthy: false, state: 'starting', startedAt: ago(0.5).toISOString() }, []],
    ['that has long been starting', { healthy: false, state: 'starting' }, ['bench-unhealthy']],
    ['that waits for its next start', { healthy: false, state: 'waiting', startedAt: null }, []],
    ['that is stopping', { healthy: false, state: 'stopping' }, []],
    ['in a crash loop', { healthy: false, state: 'crash-loop', startedAt: null }, ['bench-crash-loop']],
    ['in a crash loop that answers for the moment', { state: 'crash-loop' }, ['bench-crash-loop']],
    ['of another kind is not looked at', { name: 'edge', state: 'crash-loop' }, []],
  ] as const)('%s', (_what, differs, kinds) => {
    const process = { ...running, ...differs } as NonNullable<WatchFacts['processes']>[number] // state is one of the contract's
    expect(watchBenches(facts({ processes: [process] }), []).raise.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('while the runner is silent nothing is raised and nothing is over', () => {
    expect(watchBenches(facts({ processes: null }), [openOf('bench-unhealthy:bench-process/x')])).toEqual({
      raise: [],
      resolve: [],
    })
  })

  test('of which one alert turns into the other resolves the first', () => {
    const process = { ...running, state: 'crash-loop' as const, healthy: false }
    const { raise, resolve } = watchBenches(facts({ processes: [process] }), [
      openOf('bench-unhealthy:bench-process/bench-main-1'),
    ])
    expect(raise.map(({ kind }) => kind)).toEqual(['bench-crash-loop'])
    expect(resolve).toEqual(['bench-unhealthy:bench-process/bench-main-1'])
  })
})

describe('an operation', () => {
  test.each([
    ['needs-attention', 1, true],
    ['running', 15, false],
    ['running', 16, true],
    ['undoing', 16, true],
    ['pending', 16, true],
    ['running', 1, false],
  ])('%s for %d minutes is stuck: %s', (state, minutes, isStuck) => {
    const operations = [{ id: '1', type: 'create-site', state, label: 'acme', begunAt: ago(minutes) }]
    expect(watchOperations(facts({ operations }), []).raise).toHaveLength(isStuck ? 1 : 0)
  })
})

describe('a certificate', () => {
  test.each([
    ['of 90 days with 23 left', 90, 23, false],
    ['of 90 days with 22 left', 90, 22, true],
    ['of 6 days with 2 left', 6, 2, false],
    ['of 6 days with 1 left', 6, 1, true],
    ['of 397 days with 31 left', 397, 31, false],
    ['of 397 days with 29 left', 397, 29, true],
    ['that has ended', 90, -1, true],
  ])('%s', (_what, lifetimeDays, leftDays, isRaised) => {
    const certificates = [{ name: '*.a', notBefore: inDays(leftDays - lifetimeDays), notAfter: inDays(leftDays) }]
    expect(watchCertificates(facts({ certificates }), []).raise).toHaveLength(isRaised ? 1 : 0)
  })

  test('of which only the end is known is told of at 30 days', () => {
    const at = (days: number) =>
      watchCertificates(facts({ certificates: [{ name: 'ca', notBefore: null, notAfter: inDays(days) }] }), []).raise
    expect([at(31).length, at(29).length]).toEqual([0, 1])
  })
})

test('a consumer is behind after a minute', () => {
  const consumers = [
    { consumer: 'edge', changedAt: ago(0.9) },
    { consumer: 'bench-main-1', changedAt: ago(1.1) },
  ]
  expect(watchConsumers(facts({ consumers }), []).raise.map(({ subject }) => subject.id)).toEqual(['bench-main-1'])
})

describe('the disk', () => {
  const of = (freeGb: number, totalGb: number) => ({ freeBytes: freeGb * gigabyte, totalBytes: totalGb * gigabyte })
  test.each([
    [100, 1000, false],
    [10.5, 1000, false],
    [9, 1000, true],
    [4, 100, true],
    [6, 100, false],
    [1.9, 20, true],
    [2.1, 20, false],
    [0.5, 4, false],
    [0.3, 4, true],
  ])('with %d of %d GB free is low: %s', (free, total, isLow) => {
    const { raise } = watchDisk(facts({ disk: of(free, total) }), [])
    expect(raise.map(({ kind }) => kind)).toEqual(isLow ? ['disk-space-low'] : [])
  })

  test('that could not be measured changes nothing', () => {
    expect(watchDisk(facts({ disk: null }), [openOf('disk-space-low:disk/data')])).toEqual({ raise: [], resolve: [] })
  })

  /** Hourly samples of some days, shrinking evenly to what is free now. */
  const shrinking = (days: number, gbPerDay: number, freeGb: number) =>
    Array.from({ length: days * 24 }, (_, index) => ({
      takenAt: new Date(now.getTime() - (days * 24 - index) * 3_600_000),
      freeBytes: (freeGb + ((days * 24 - index) / 24) * gbPerDay) * gigabyte,
    }))

  test.each([
    [3, 10, 60, ['disk-filling-up']],
    [3, 10, 80, []],
    [7, 1, 500, []],
    [3, -10, 60, []],
    [3, 0, 60, []],
  ])('over %d days with %d GB a day less and %d GB left', (days, gbPerDay, freeGb, kinds) => {
    const { raise } = watchDisk(facts({ disk: of(freeGb, 1000), diskSamples: shrinking(days, gbPerDay, freeGb) }), [])
    expect(raise.map(({ kind }) => kind)).toEqual(kinds)
  })

  test('is not foretold from less than a day, nor from few samples', () => {
    const samples = shrinking(3, 10, 5)
    expect(daysUntilFull(samples.slice(-20))).toBe(Infinity)
    expect(daysUntilFull([...samples.slice(0, 5), ...samples.slice(-5)])).toBe(Infinity)
    expect(daysUntilFull([])).toBe(Infinity)
    expect(daysUntilFull(samples)).toBeCloseTo(0.5, 1)
  })

  test('that is low already is not foretold as well', () => {
    const { raise, resolve } = watchDisk(facts({ disk: of(4, 100), diskSamples: shrinking(3, 10, 4) }), [
      openOf('disk-filling-up:disk/data'),
    ])
    expect(raise.map(({ kind }) => kind)).toEqual(['disk-space-low'])
    expect(resolve).toEqual(['disk-filling-up:disk/data'])
  })
})

test('a site that has nearly used up its storage is told with how much it takes', () => {
  const full = facts({ fullSites: [{ id: '1', name: 'acme', usedBytes: 915_000_000, maxBytes: 1_000_000_000 }] })
  expect(watchStorage(full, []).raise).toEqual([
    {
      kind: 'site-storage-full',
      subject: { kind: 'site', id: '1', label: 'acme' },
      detail: 'acme takes 915 of 1000 MB, 91 %.',
    },
  ])
})

test('failed jobs are told by name, with how many and the last error', () => {
  const failed = facts({ failedJobs: [{ name: 'send-identity-mail', count: 3, lastError: 'no such mailbox' }] })
  expect(watchJobs(failed, []).raise).toEqual([
    {
      kind: 'jobs-failed',
      subject: { kind: 'job', id: 'send-identity-mail', label: 'send-identity-mail' },
      detail: '3 of send-identity-mail have failed, the last with: no such mailbox',
    },
  ])
})

test('events that were given up, or wait for more than a quarter of an hour, are told; those on their way are not', () => {
  const detailOf = (events: WatchFacts['events']) =>
    watchEvents(facts({ events }), []).raise.map(({ detail }) => detail)
  expect(detailOf({ dead: 0, waitingSince: ago(15) })).toEqual([])
  expect(detailOf({ dead: 0, waitingSince: ago(16) })).toEqual([
    'The oldest open delivery has been waiting for 16 minutes.',
  ])
  expect(detailOf({ dead: 1, waitingSince: null })).toEqual(['1 delivery was given up.'])
  expect(detailOf({ dead: 2, waitingSince: ago(30) })).toEqual([
    '2 deliveries were given up. The oldest open delivery has been waiting for 30 minutes.',
  ])
})

test('an audit trail that did not verify is an alert of its own', () => {
  const failed = facts({
    failedJobs: [{ name: 'verify-audit-trail', count: 2, lastError: 'entry-changed in the chain x' }],
  })
  expect(watchJobs(failed, []).raise).toEqual([])
  expect(watchAudit(failed, []).raise).toMatchObject([
    { kind: 'audit-broken', detail: 'The nightly proof: entry-changed in the chain x.' },
  ])
})
