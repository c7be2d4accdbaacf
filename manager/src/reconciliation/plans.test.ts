import { expect, test } from 'vitest'
import { planBenches } from './plan-benches.ts'
import { planLeftovers, type KnownSite, type LeftoverFacts } from './plan-leftovers.ts'
import { planRoutes } from './plan-routes.ts'

test.each([
  ['all there', 2, 'r1', ['bench-main-1', 'bench-main-2', 'edge', 'manager'], []],
  ['one missing', 2, 'r1', ['bench-main-1'], [['bench-not-running', 'main', 'start-bench']]],
  ['none there', 1, 'r1', [], [['bench-not-running', 'main', 'start-bench']]],
  ['none there before the first release', 1, null, [], []],
  ['one too many', 1, 'r1', ['bench-main-1', 'bench-old-1'], [['bench-unknown', 'bench-old-1', null]]],
])('benches: %s', (_name, processes, release, running, expected) => {
  const plan = planBenches(
    [{ name: 'main', processes, release }],
    running.map((name) => ({ name })),
  )
  expect(plan.map(({ kind, subject, remedy }) => [kind, subject.id, remedy])).toEqual(expected)
})

const now = new Date('2026-01-01T12:00:00Z')
const edge = (version: bigint, acknowledgedVersion: bigint, agoMs: number) => ({
  consumer: 'edge',
  version,
  acknowledgedVersion,
  changedAt: new Date(now.getTime() - agoMs),
})

test.each([
  ['an edge that serves what was published', edge(3n, 3n, 60_000), null, []],
  ['a change a moment ago', edge(4n, 3n, 1_000), null, []],
  ['an edge that is behind', edge(4n, 3n, 6_000), null, ['snapshot-behind']],
  ['an edge ahead of a restored control plane', edge(2n, 3n, 60_000), null, []],
  ['no certificate', edge(3n, 3n, 0), 'missing' as const, ['certificate-missing']],
  ['another authority', edge(3n, 3n, 0), 'authority-changed' as const, ['certificate-authority-changed']],
])('routes: %s', (_name, consumer, certificate, expected) => {
  expect(planRoutes([consumer], certificate, 'platen.localhost', now).map(({ kind }) => kind)).toEqual(expected)
})

const siteId = '0198c5a0-0000-7000-8000-000000000000'
const database = `s_${'0'.repeat(26)}`
const dropped: KnownSite = {
  id: siteId,
  tenantId: 'tenant-1',
  name: 'acme',
  databaseName: database,
  isDropped: true,
  isBusy: false,
}
const left = { name: database, tag: 'op:1', template: false, halfDropped: false }
const role = { name: `${database}_app` }
const nothing: LeftoverFacts['server'] = { databases: [], roles: [], orphanDirectories: [] }
const ofSite = { siteId, isOver: true }

/** Facts -> kind and remedy of each difference. */
/** Beside a site that lives. */
const aside = {
  sites: [{ ...dropped, isDropped: false }],
  server: { ...nothing, databases: [{ ...left, name: 's_aside' }] },
}

const leftovers: [string, Partial<LeftoverFacts>, [string, string | null][]][] = [
  ['nothing', {}, []],
  [
    'a database of a dropped site',
    { server: { ...nothing, databases: [left], roles: [role] } },
    [['database-leftover', 'remove-database']],
  ],
  ['roles of a dropped site', { server: { ...nothing, roles: [role] } }, [['roles-leftover', 'remove-roles']]],
  ['files of a dropped site', { objectPrefixes: [`sites/${siteId}`] }, [['objects-leftover', 'remove-objects']]],
  [
    'all of it while the site is being dropped',
    {
      sites: [{ ...dropped, isBusy: true }],
      server: { ...nothing, databases: [left], roles: [role] },
      objectPrefixes: [`sites/${siteId}`],
    },
    [],
  ],
  [
    'all of it while the site lives',
    {
      sites: [{ ...dropped, isDropped: false }],
      server: { ...nothing, databases: [left], roles: [role] },
      objectPrefixes: [`sites/${siteId}`],
    },
    [],
  ],
  [
    'a database without a mark',
    { server: { ...nothing, databases: [{ ...left, tag: null }] } },
    [['database-unknown', null]],
  ],
  [
    'a database with the mark of somebody else',
    { server: { ...nothing, databases: [{ ...left, tag: 'op:9' }] } },
    [['database-unknown', null]],
  ],
  [
    'a database with the mark of an operation on another site',
    { tags: new Map([['op:1', { siteId: 'other', isOver: true }]]), server: { ...nothing, databases: [left] } },
    [['database-unknown', null]],
  ],
  [
    'the database of a site that rows have never heard of',
    { sites: [], server: { ...nothing, databases: [left] } },
    [['database-unknown', null]],
  ],
  [
    'roles and files of a site that rows have never heard of',
    { sites: [], server: { ...nothing, roles: [role] }, objectPrefixes: [`sites/${siteId}`] },
    [
      ['roles-unknown', null],
      ['objects-unknown', null],
    ],
  ],
  [
    'a side database of an operation that is at work',
    {
      sites: [],
      tags: new Map([['op:1', { siteId, isOver: false }]]),
      server: { ...nothing, databases: [{ ...left, name: 's_side' }] },
    },
    [],
  ],
  [
    'a template',
    { server: { ...nothing, databases: [{ ...left, name: 't_1', tag: 'template', template: true }] } },
    [],
  ],
  [
    'a half-dropped database',
    { server: { ...nothing, databases: [{ ...left, tag: null, halfDropped: true }] } },
    [['database-half-dropped', 'remove-database']],
  ],
  [
    'a half-dropped database of a site that lives',
    { sites: [{ ...dropped, isDropped: false }], server: { ...nothing, databases: [{ ...left, halfDropped: true }] } },
    [],
  ],
  [
    'a half-dropped database that is not a site’s',
    { server: { ...nothing, databases: [{ ...left, name: 'theirs', tag: null, halfDropped: true }] } },
    [['database-half-dropped', null]],
  ],
  [
    'what a restore set aside, while it can be undone',
    { ...aside, setAside: [{ databaseName: 's_aside', siteId, isExpired: false }] },
    [],
  ],
  [
    'what a restore set aside, afterwards',
    { ...aside, setAside: [{ databaseName: 's_aside', siteId, isExpired: true }] },
    [['database-set-aside', 'remove-former-database']],
  ],
  [
    'an orphan directory',
    { server: { ...nothing, orphanDirectories: [{ oid: '16500', sizeBytes: 7 }] } },
    [['orphan-directory', null]],
  ],
]

test.each(leftovers)('leftovers: %s', (_name, facts, expected) => {
  const plan = planLeftovers({
    sites: [dropped],
    setAside: [],
    tags: new Map([['op:1', ofSite]]),
    server: nothing,
    objectPrefixes: [],
    ...facts,
  })
  expect(plan.map(({ kind, remedy }) => [kind, remedy])).toEqual(expected)
  for (const { kind, waitMs } of plan) {
    expect(waitMs ?? 0).toBe(kind.endsWith('-leftover') ? 86_400_000 : 0)
  }
})
