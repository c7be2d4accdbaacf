import { expect, test } from 'vitest'
import type { Tenant } from '../../openapi/manager.ts'
import { factsOf } from './tenant-commands.ts'

const tenant: Tenant = {
  id: '01990000-0000-7000-8000-000000000001',
  name: 'Forge du Nord',
  slug: 'forge-du-nord',
  domain: null,
  state: 'active',
  settings: { locale: 'fr', timeZone: 'Europe/Paris', contactEmail: null },
  plan: { id: '1', name: 'starter', title: 'Starter' },
  maxSites: 50,
  siteCount: 2,
  suspension: null,
  createdAt: '2026-11-28T05:00:00.000Z',
  updatedAt: '2026-11-28T05:00:00.000Z',
  provisionedAt: null,
  version: 1,
}

test('an organisation is told in lines', () => {
  expect(factsOf(tenant)).toEqual([
    'name        Forge du Nord',
    'short name  forge-du-nord',
    'id          01990000-0000-7000-8000-000000000001',
    'state       active',
    'domain      -',
    'plan        Starter',
    'sites       2 of 50',
    'since       2026-11-28T05:00:00.000Z',
  ])
})

test('a suspended one tells since when, by whom and why', () => {
  const suspension = { since: '2026-11-28T06:00:00.000Z', by: 'ada@example.org', reason: null }
  expect(factsOf({ ...tenant, suspension })[4]).toBe(
    'suspended   2026-11-28T06:00:00.000Z by ada@example.org: no reason given',
  )
})
