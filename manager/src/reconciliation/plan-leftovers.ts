import type { ServerDescription } from '@platen/drivers/databases'
import type { Difference } from './difference.ts'

/** What rows know of a site, dropped ones included: they are kept. */
export interface KnownSite {
  id: string
  tenantId: string
  name: string
  databaseName: string
  isDropped: boolean
  isBusy: boolean
}

export interface TagOwner {
  siteId: string
  isOver: boolean
}

/** What a restore in place has put aside; kept until that can no longer be undone. */
export interface SetAside {
  databaseName: string
  siteId: string
  isExpired: boolean
}

export interface LeftoverFacts {
  sites: readonly KnownSite[]
  setAside: readonly SetAside[]
  /** Owner tag -> the operation on a site that made what carries it. */
  tags: ReadonlyMap<string, TagOwner>
  server: ServerDescription
  /** Prefixes of objects, without the final slash: `sites/<id>`. */
  objectPrefixes: readonly string[]
}

/** Between the two sightings that a removal takes. */
export const sightingsApartMs = 24 * 60 * 60_000

const siteDatabase = /^s_[0-9a-z]{26}$/
const siteRole = /^(s_[0-9a-z]{26})_(?:owner|app|reader|dumper)$/
const siteObjects = /^sites\/([0-9a-f-]{36})$/

/**
 * What no site owns any more. Pure. Ours to remove is only what was surely made for a site that rows know as dropped: its name says
 * whose it is, its tag is of an operation on that very site, and nothing is at work on it. All else is reported: a control plane that was
 * restored from an earlier day must not take younger sites for rubbish.
 */
export function planLeftovers(facts: LeftoverFacts): Difference[] {
  const byDatabase = new Map(facts.sites.map((site) => [site.databaseName, site]))
  const byId = new Map(facts.sites.map((site) => [site.id, site]))
  const aside = new Map(facts.setAside.map((former) => [former.databaseName, former]))
  return [
    ...facts.server.databases.flatMap((database) => {
      const former = byDatabase.has(database.name) ? undefined : aside.get(database.name)
      if (former !== undefined) return planSetAside(former, byId.get(former.siteId))
      return planDatabase(database, byDatabase.get(database.name), facts.tags)
    }),
    ...planRoles(facts.server, byDatabase),
    ...facts.objectPrefixes.flatMap((prefix) => planObjects(prefix, byId)),
    ...facts.server.orphanDirectories.map(orphanDirectory),
  ]
}

function planDatabase(
  { name, tag, template, halfDropped }: ServerDescription['databases'][number],
  site: KnownSite | undefined,
  tags: LeftoverFacts['tags'],
): Difference[] {
  const maker = tag === null ? undefined : tags.get(tag)
  if (site !== undefined && (!site.isDropped || site.isBusy)) return []
  if (maker?.isOver === false || (template && !halfDropped)) return []
  const about = of('database', name, site)
  if (halfDropped) {
    // Nothing can be read from it any more; PostgreSQL itself asks for the DROP to be repeated.
    const isOurs = siteDatabase.test(name)
    return [
      {
        ...about,
        kind: 'database-half-dropped',
        detail: `The removal of ${name} was cut short.`,
        remedy: isOurs ? 'remove-database' : null,
      },
    ]
  }
  if (site !== undefined && maker?.siteId === site.id) {
    const detail = `The database ${name} of the dropped site "${site.name}" is still there.`
    return [{ ...about, kind: 'database-leftover', detail, remedy: 'remove-database', waitMs: sightingsApartMs }]
  }
  const mark = tag === null ? 'without a mark' : `with the mark ${tag}`
  return [{ ...about, kind: 'database-unknown', detail: `No site owns the database ${name} (${mark}).`, remedy: null }]
}

/** Its row says whose it is and since when, so one sighting is enough. */
function planSetAside({ databaseName, isExpired }: SetAside, site: KnownSite | undefined): Difference[] {
  if (!isExpired || site === undefined || site.isBusy) return []
  const detail = `The database ${databaseName} was set aside by a restore that can no longer be undone.`
  return [
    { ...of('database', databaseName, site), kind: 'database-set-aside', detail, remedy: 'remove-former-database' },
  ]
}

/** Roles have no tag: their name says for which database they were made. With a database they go together with it. */
function planRoles({ databases, roles }: ServerDescription, byDatabase: ReadonlyMap<string, KnownSite>): Difference[] {
  const present = new Set(databases.map(({ name }) => name))
  const homeless = new Set(
    roles
      .map(({ name }) => siteRole.exec(name)?.[1] ?? '')
      .filter((database) => database !== '' && !present.has(database)),
  )
  return [...homeless].flatMap((database): Difference[] => {
    const site = byDatabase.get(database)
    const about = of('database', database, site)
    if (site === undefined) {
      const detail = `There are roles of a database ${database} that does not exist and that no site owns.`
      return [{ ...about, kind: 'roles-unknown', detail, remedy: null }]
    }
    if (!site.isDropped || site.isBusy) return []
    const detail = `Roles of the dropped site "${site.name}" are still there.`
    return [{ ...about, kind: 'roles-leftover', detail, remedy: 'remove-roles', waitMs: sightingsApartMs }]
  })
}

function planObjects(prefix: string, byId: ReadonlyMap<string, KnownSite>): Difference[] {
  const id = siteObjects.exec(prefix)?.[1]
  if (id === undefined) return []
  const site = byId.get(id)
  const about = of('objects', id, site)
  if (site === undefined) {
    return [{ ...about, kind: 'objects-unknown', detail: `No site owns the files under ${prefix}.`, remedy: null }]
  }
  if (!site.isDropped || site.isBusy) return []
  const detail = `Files of the dropped site "${site.name}" are still there.`
  return [{ ...about, kind: 'objects-leftover', detail, remedy: 'remove-objects', waitMs: sightingsApartMs }]
}

/** Invisible to SQL. Reclaimed only in maintenance: a folder that looks abandoned may belong to a CREATE DATABASE under way. */
const orphanDirectory = ({ oid, sizeBytes }: ServerDescription['orphanDirectories'][number]): Difference => ({
  kind: 'orphan-directory',
  subject: { kind: 'directory', id: oid, label: `base/${oid}` },
  tenantId: null,
  detail: `The folder base/${oid} (${sizeBytes} bytes) of the database server belongs to no database.`,
  remedy: null,
})

const of = (
  kind: 'database' | 'objects',
  id: string,
  site: KnownSite | undefined,
): Pick<Difference, 'subject' | 'tenantId'> => ({
  subject: { kind, id, label: site?.name ?? id },
  tenantId: site?.tenantId ?? null,
})
