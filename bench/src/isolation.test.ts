// Every operation of the API document of a site against everybody who might call it: each role, nobody, and the administrators of
// fifteen other sites, who bring ids of theirs and take their token to the other's host. What is expected follows from the document.
import { commercePermissions } from '@platen/commerce'
import { listRoutes } from '@platen/kit/http'
import { bodiesThatTakeMore, gapsOf, isolationReport, triesAllPairs, type Place } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../testing/bench.ts'
import { isolationPlace } from '../testing/isolation/place.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import { siteRoles } from './sites/index.ts'

const everything = triesAllPairs()
/** So that their ordered pairs are 240. */
const siteCount = 16

let bench: TestBench
let sites: TestSite[]
let place: Place

beforeAll(async () => {
  sites = await Promise.all(
    Array.from({ length: siteCount }, (_, index) => openTestSite(`site-${index}`, { maxConnections: 3 })),
  )
  bench = await openTestBench()
  const plan = { title: 'Essai', maxStorageBytes: 1_000_000, maxUsers: 1000 }
  bench.serve(...sites.map((site) => site.entry(bench.sealingKey, { plan })))
  place = await isolationPlace(bench, sites)
})
afterAll(async () => {
  await bench.close()
  for (const site of sites) await site.close()
})

/** Routes that the document leaves out, each with the reason why nothing of a site is there. */
const undocumented: Record<string, string> = {
  'GET /live': 'a probe of the process',
  'GET /ready': 'a probe of the process',
  'GET /problems/{code}': 'a page of documentation',
  'GET /docs': 'a page of documentation',
  'GET /docs/openapi.json': 'the document itself',
  'GET /docs/operations/{id}': 'a page of documentation',
  'GET /api/v1/files/*': 'takes a signature over the file; see site-api.test.ts',
}

test('the document has every route of a site but the named ones', () => {
  const documented = new Set(place.operations.map(({ name }) => name))
  const routes = listRoutes(bench.server)
    .filter(({ method }) => method !== 'HEAD')
    .map(({ method, path }) => `${method} ${path}`)
  expect(documented.size).toBeGreaterThan(70)
  expect(new Set(routes.filter((route) => !documented.has(route)))).toEqual(new Set(Object.keys(undocumented)))
})

test('no route of a site asks for a permission of the platform', () => {
  const kinds = place.operations.map(({ policy }) => policy.split(':')[0])
  expect(new Set(kinds)).toEqual(new Set(['public', 'authenticated', 'permission']))
})

test('the table knows for every operation what it is asked for', () => {
  expect(gapsOf(place)).toEqual([])
})

test('no operation takes a field that its body does not name (attack 25)', async () => {
  expect(await bodiesThatTakeMore(place)).toEqual([])
})

test(
  'no operation shows, tells of or changes anything of another site (attack 22), and each role gets what it may (attack 24)',
  { timeout: 3_600_000 },
  async () => {
    const report = await isolationReport(place, { everything })
    console.log(`site: ${JSON.stringify({ sites: siteCount, ...report, leaks: report.leaks.length })}`)
    expect(report.leaks).toEqual([])
    expect(report.fewestPairs).toBeGreaterThanOrEqual(200)
  },
)

describe('the roles of a site', () => {
  test('are made of permissions that an app exports, and the administrator has all', () => {
    const known: readonly string[] = commercePermissions
    const used = Object.values(siteRoles).flat()
    expect(used.filter((permission) => permission !== '*' && !known.includes(permission))).toEqual([])
    expect(siteRoles['gerant']).toEqual(['*'])
  })

  // The golden table of rights: a change here is a change of what people may do. Which operation takes which is in openapi/site.json.
  test('give what they gave', () => {
    const { gerant: _all, ...others } = siteRoles
    expect(Object.fromEntries(Object.entries(others).map(([role, held]) => [role, held.toSorted().join(' ')]))).toEqual(
      {
        commercial:
          'customers.read customers.write orders.cancel orders.read orders.submit orders.write products.read stock.read',
        magasinier: 'orders.read products.read stock.read stock.write',
        comptable: 'customers.read orders.read products.read stock.read',
        lecture: 'customers.read orders.read products.read stock.read',
      },
    )
  })
})
