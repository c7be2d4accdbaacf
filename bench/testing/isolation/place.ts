// A bench as a place where isolation is tried: sites with a database each, and in each a thing of every kind.
import { rows, sql, type Db } from '@platen/kit/sql'
import { Marks, readOperations, someAtATime, type Caller, type Place, type PopulatedTenant } from '@platen/kit/testing'
import { siteRoles } from '../../src/sites/index.ts'
import type { TestBench } from '../bench.ts'
import type { TestSite } from '../site.ts'
import { fixtures } from './fixtures.ts'
import { aCaller } from './people.ts'
import { resourcesOf } from './resources.ts'

const document = new URL('../../../openapi/site.json', import.meta.url)

export async function isolationPlace(bench: TestBench, sites: readonly TestSite[]): Promise<Place> {
  const byId = new Map(sites.map((site) => [site.id, site]))
  const siteOf = (id: string): TestSite => {
    const site = byId.get(id)
    if (site === undefined) throw new Error('this site is not there')
    return site
  }
  const resources = resourcesOf(bench, ({ tenantId }) => siteOf(tenantId))
  const tenants: PopulatedTenant[] = []
  await someAtATime(sites, async (site) => {
    const owner = await aCaller(bench, site, 'gerant')
    const things: Record<string, string> = {}
    for (const [name, { make }] of Object.entries(resources)) things[name] = await make(owner)
    tenants.push({ id: site.id, owner, things })
  })
  const [home, ...others] = tenants
  if (home === undefined) throw new Error('a place has at least one site')
  const people: Record<string, Caller> = {}
  for (const role of Object.keys(siteRoles)) people[role] = await aCaller(bench, siteOf(home.id), role)
  return {
    operations: await readOperations(document),
    tenants: [home, ...others],
    people: { ...people, gerant: home.owner },
    marks: new Marks(await marksOf(sites)),
    resources,
    fixtures,
    hasHosts: true,
    // Two of them: what would change one would change any, and to look at all takes longer than to ask all.
    records: async () =>
      new Map((await Promise.all([home, ...others.slice(-1)].map(({ id }) => recordOf(siteOf(id))))).flat()),
    send: ({ method, path, body, headers = {} }, caller, at) =>
      // The method is one of those that a document knows.
      bench.call(siteOf(at.id), method as 'GET', path, {
        headers,
        ...(body === undefined ? {} : { body: body as object }), // fixtures give objects and bytes
        token: caller?.token,
      }),
  }
}

const tablesOf = (db: Db): Promise<{ name: string; hasId: boolean }[]> =>
  rows(
    db,
    sql<{ name: string; hasId: boolean }>`SELECT n.nspname || '.' || c.relname AS name,
        EXISTS (SELECT FROM pg_attribute i WHERE i.attrelid = c.oid AND i.attname = 'id' AND i.atttypid = 'uuid'::regtype) AS "hasId"
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname IN ('commerce', 'identity', 'jobs') AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )

/** Every id of every row of every site. */
async function marksOf(sites: readonly TestSite[]): Promise<{ id: string; tenantId: string }[]> {
  const marks = sites.map(async ({ id: tenantId, database: { db } }) => {
    const selects = (await tablesOf(db))
      .filter(({ hasId }) => hasId)
      .map(({ name }) => sql`SELECT id FROM ${sql.raw(name)}`)
    const found = await rows(db, sql<{ id: string }>`${sql.join(selects, sql` UNION ALL `)}`)
    return [{ id: tenantId, tenantId }, ...found.map(({ id }) => ({ id, tenantId }))]
  })
  return (await Promise.all(marks)).flat()
}

/** What requests and the site itself change: when a session was last used, seals, and the links in mails that are sent meanwhile. */
const volatile = new Set(
  ['sessions', 'api_tokens', 'audit_seals', 'email_links', 'invitations'].map((name) => `identity.${name}`),
)
const filters: Record<string, string> = {
  'identity.audit_entries': `WHERE action <> 'access.refused'`,
  // The others run meanwhile.
  'jobs.jobs': `WHERE state = 'failed'`,
}

async function recordOf({ id, database: { db } }: TestSite): Promise<[string, string][]> {
  const sums = (await tablesOf(db))
    .filter(({ name }) => !volatile.has(name))
    .map(
      ({ name }) => sql`SELECT ${name} AS name, sum(hashtextextended(t::text, 0))::text AS content
        FROM ${sql.raw(name)} t ${sql.raw(filters[name] ?? '')}`,
    )
  const found = await rows(db, sql<{ name: string; content: string | null }>`${sql.join(sums, sql` UNION ALL `)}`)
  return found.map(({ name, content }) => [`${id} ${name}`, content ?? ''])
}
