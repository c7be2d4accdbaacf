import type { SiteInspection } from '@platen/drivers/databases'
import { expect, test } from 'vitest'
import { planSites, type WantedSite } from './plan-sites.ts'

const site: WantedSite = {
  id: 'site-1',
  tenantId: 'tenant-1',
  name: 'acme',
  state: 'active',
  placed: true,
  routed: true,
  hosts: 1,
  tenantOpen: true,
  suspendedWithTenant: false,
  isBusy: false,
  tags: ['op:1', 'op:2'],
}
const whole: SiteInspection = { name: 's_1', exists: true, halfDropped: false, tag: 'op:1', wrong: [] }

/** What is so -> kind and remedy of each difference. */
const cases: [string, Partial<WantedSite>, Partial<SiteInspection>, [string, string | null][]][] = [
  ['a whole site', {}, {}, []],
  ['a site that a later operation handed over', {}, { tag: 'op:2' }, []],
  ['roles that are wrong', {}, { wrong: ['the role x is missing'] }, [['roles-wrong', 'repair-roles']]],
  ['a missing database', {}, { exists: false, tag: null }, [['database-missing', 'mark-broken']]],
  ['a half-dropped database', {}, { exists: false, halfDropped: true }, [['database-missing', 'mark-broken']]],
  ['a missing database of a suspended site', { state: 'suspended' }, { exists: false }, [['database-missing', null]]],
  ['a database of another tag', {}, { tag: 'op:9', wrong: ['x'] }, [['database-not-ours', null]]],
  ['a database without a tag', {}, { tag: null, wrong: ['x'] }, [['database-not-ours', null]]],
  ['a site that no bench serves', { placed: false }, {}, [['site-not-served', 'serve-again']]],
  ['a site without a route', { routed: false }, {}, [['site-not-served', 'serve-again']]],
  ['a site without a host', { hosts: 0 }, {}, [['host-missing', null]]],
  ['an open site of a suspended tenant', { tenantOpen: false }, {}, [['tenant-suspended', 'suspend-site']]],
  [
    'a suspended site of a suspended tenant',
    { state: 'suspended', tenantOpen: false, suspendedWithTenant: true },
    {},
    [],
  ],
  [
    'a site that was suspended with its tenant, which is open again',
    { state: 'suspended', suspendedWithTenant: true },
    {},
    [['tenant-resumed', 'resume-site']],
  ],
  ['a site that somebody suspended', { state: 'suspended' }, {}, []],
  ['everything wrong under an operation', { isBusy: true, placed: false }, { exists: false }, []],
]

test.each(cases)('%s', (_name, wanted, found, expected) => {
  const plan = planSites([{ ...site, ...wanted }], new Map([[site.id, { ...whole, ...found }]]))
  expect(plan.map(({ kind, remedy }) => [kind, remedy])).toEqual(expected)
  for (const { subject, tenantId } of plan) {
    expect(subject).toEqual({ kind: 'site', id: 'site-1', label: 'acme' })
    expect(tenantId).toBe('tenant-1')
  }
})
