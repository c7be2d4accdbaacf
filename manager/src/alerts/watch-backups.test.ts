import { describe, expect, test } from 'vitest'
import { dedupeKeyOf, type OpenAlert } from './alert.ts'
import {
  watchFailedBackups,
  watchOverdueBackups,
  watchSmallerBackups,
  type BackedUpSite,
  type VerifiedBackup,
} from './watch-backups.ts'

const now = new Date('2026-11-20T12:00:00Z')
const hoursAgo = (hours: number): Date => new Date(now.getTime() - hours * 3_600_000)
const verified = (hours: number, some: Partial<VerifiedBackup> = {}): VerifiedBackup => ({
  createdAt: hoursAgo(hours),
  plainBytes: 1_000_000,
  rows: 1000,
  ...some,
})
const site = (some: Partial<BackedUpSite> = {}): BackedUpSite => ({
  id: '1',
  name: 'acme',
  since: hoursAgo(1000),
  everyHours: 24,
  verified: [verified(3), verified(27)],
  failure: null,
  ...some,
})
const openOf = (key: string): OpenAlert => ({ kind: key.split(':')[0] ?? '', dedupeKey: key })
const facts = (...backups: BackedUpSite[]) => ({ now, backups })

test('where all is well nothing is raised, and what was open is over', () => {
  const open = [
    'backup-overdue:site/1',
    'backup-failed:site/1',
    'backup-smaller:site/1',
    'disk-space-low:disk/data',
  ].map(openOf)
  const verdicts = [watchOverdueBackups, watchFailedBackups, watchSmallerBackups].map((watch) =>
    watch(facts(site()), open),
  )
  expect(verdicts.flatMap(({ raise }) => raise)).toEqual([])
  expect(verdicts.flatMap(({ resolve }) => resolve)).toEqual([
    'backup-overdue:site/1',
    'backup-failed:site/1',
    'backup-smaller:site/1',
  ])
})

describe('a site is overdue', () => {
  test.each([
    ['daily, 26 hours after its last verified one', 24, [verified(26)], false],
    ['daily, later than that', 24, [verified(26.1)], true],
    ['every six hours, after more than eight', 6, [verified(8.1)], true],
    ['weekly, after six days', 168, [verified(144)], false],
    ['that never had one', 24, [], true],
  ])('%s', (_what, everyHours, backups, isRaised) => {
    const { raise } = watchOverdueBackups(facts(site({ everyHours, verified: backups })), [])
    expect(raise.map(dedupeKeyOf)).toEqual(isRaised ? ['backup-overdue:site/1'] : [])
  })

  test('not while it has had its database for less than that', () => {
    expect(watchOverdueBackups(facts(site({ since: hoursAgo(25), verified: [] })), []).raise).toEqual([])
    expect(watchOverdueBackups(facts(site({ since: hoursAgo(27), verified: [] })), []).raise).toMatchObject([
      { detail: 'There is no verified backup. One is due every 24 hours.', subject: { label: 'acme' } },
    ])
  })
})

test('a failed attempt is told with its reason', () => {
  expect(watchFailedBackups(facts(site({ failure: 'The object x is damaged.' })), []).raise).toMatchObject([
    { kind: 'backup-failed', detail: 'The object x is damaged.' },
  ])
})

describe('a backup is smaller', () => {
  test.each([
    ['by 29 %', { plainBytes: 710_000 }, {}, undefined],
    ['by 30 %', { plainBytes: 700_000 }, {}, 'It holds 700000 bytes, the one before 1000000.'],
    ['in rows', { rows: 600 }, {}, 'It holds 600 rows, the one before 1000.'],
    [
      'in both',
      { plainBytes: 0, rows: 0 },
      {},
      'It holds 0 bytes, the one before 1000000 and 0 rows, the one before 1000.',
    ],
    ['than one that was not counted', { rows: 5 }, { rows: null }, undefined],
    ['and was not counted', { rows: null }, {}, undefined],
    ['than one that held next to nothing', { plainBytes: 10, rows: 3 }, { plainBytes: 90_000, rows: 90 }, undefined],
    ['than a larger one', { plainBytes: 2_000_000 }, {}, undefined],
  ])('%s', (_what, newest, before, detail) => {
    const { raise } = watchSmallerBackups(facts(site({ verified: [verified(3, newest), verified(27, before)] })), [])
    expect(raise.map((alarm) => alarm.detail)).toEqual(detail === undefined ? [] : [detail])
  })

  test('not when it is the first', () => {
    expect(watchSmallerBackups(facts(site({ verified: [verified(3)] })), []).raise).toEqual([])
  })
})
