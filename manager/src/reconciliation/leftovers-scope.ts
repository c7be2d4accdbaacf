import type { DatabaseServer } from '@platen/drivers/databases'
import type { ObjectStore } from '@platen/drivers/objects'
import { siteObjectPrefix, siteRoleNames } from '@platen/kit/names'
import { rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { forgetFormerDatabase, formerDatabaseDays, lockSite } from '../sites/index.ts'
import type { Difference } from './difference.ts'
import { planLeftovers, type KnownSite, type LeftoverFacts, type SetAside, type TagOwner } from './plan-leftovers.ts'
import type { ReconciliationScope } from './scope.ts'

export interface LeftoversScopeOptions {
  db: Db
  databases: DatabaseServer
  objects: ObjectStore
  /** Listing every object takes long on a full disk: what was seen is good for this long. Default 10 minutes. */
  objectsEveryMs?: number
}

const session = 'platen-reconciliation'
const asPlatform = { operator: true } as const
const sitesPrefix = 'sites'

/** Databases, roles and files that no site owns any more. */
export function leftoversScope(options: LeftoversScopeOptions): ReconciliationScope {
  const { db, databases, objects, objectsEveryMs = 600_000 } = options
  let listed: { atMs: number; prefixes: string[] } | undefined
  const listPrefixes = async (fresh: boolean, signal: AbortSignal | undefined): Promise<string[]> => {
    if (listed !== undefined && !fresh && performance.now() - listed.atMs < objectsEveryMs) return listed.prefixes
    const { prefixes } = await objects.describe({ depth: 2, ...(signal ? { signal } : {}) })
    const found = prefixes
      .map(({ prefix }) => prefix.replace(/\/$/, ''))
      .filter((prefix) => prefix.startsWith(sitesPrefix))
    listed = { atMs: performance.now(), prefixes: found }
    return found
  }
  return {
    name: 'leftovers',
    maxRepairs: 10,
    async differences(_now, { signal, fresh = false }) {
      // What exists first: a site that is made meanwhile has its row before its database.
      const server = await databases.describe(signal ? { signal } : {})
      const objectPrefixes = await listPrefixes(fresh, signal)
      return planLeftovers({
        server,
        objectPrefixes,
        ...(await readRows(
          db,
          server.databases.map(({ tag }) => tag),
        )),
      })
    },
    async repair(difference, record, { signal }) {
      const isDone = await withScope(db, asPlatform, async (tx) => {
        const site = await lockOwner(tx, difference)
        if (site?.operation_id != null) return false
        const isFormer = difference.remedy === 'remove-former-database'
        if (isFormer ? site?.database_name === difference.subject.id : site !== undefined && site.state !== 'dropped')
          return false
        await remove(difference, options, signal)
        if (isFormer) await forgetFormerDatabase(tx, difference.subject.id)
        await record(tx)
        return true
      })
      listed = undefined
      return isDone
    },
  }
}

async function lockOwner(tx: Tx, { subject }: Difference): Promise<Awaited<ReturnType<typeof lockSite>> | undefined> {
  const [owner] = await rows(
    tx,
    sql<{ id: string }>`SELECT id FROM manager.sites WHERE database_name = ${subject.id} OR id::text = ${subject.id}
      UNION ALL SELECT site_id FROM manager.former_databases WHERE database_name = ${subject.id} LIMIT 1`,
  )
  return owner === undefined ? undefined : lockSite(tx, owner.id)
}

async function remove(
  { remedy, subject }: Difference,
  { databases, objects }: LeftoversScopeOptions,
  signal: AbortSignal | undefined,
): Promise<void> {
  const options = signal ? { signal } : {}
  if (remedy === 'remove-objects') return objects.removePrefix(siteObjectPrefix(subject.id), options)
  const { databases: present } = await databases.describe(options)
  const found = present.find(({ name }) => name === subject.id)
  if (remedy === 'remove-roles' && found !== undefined) throw new Error(`the database ${subject.id} is there again`)
  await databases.removeSiteDatabase(
    {
      name: subject.id,
      roles: Object.values(siteRoleNames(subject.id)),
      session,
      ...(found?.tag == null ? {} : { tag: found.tag }),
    },
    options,
  )
}

async function readRows(
  db: Db,
  tags: readonly (string | null)[],
): Promise<Pick<LeftoverFacts, 'sites' | 'tags' | 'setAside'>> {
  const ids = tags.flatMap((tag) => /^op:([0-9a-f-]{36})$/.exec(tag ?? '')?.[1] ?? [])
  return withScope(db, asPlatform, async (tx) => {
    const sites = await rows(
      tx,
      sql<KnownSite>`SELECT s.id, s.tenant_id AS "tenantId", s.name, s.database_name AS "databaseName", s.state = 'dropped' AS "isDropped",
          EXISTS (SELECT FROM operations.operations o WHERE o.subject_kind = 'site' AND o.subject_id = s.id::text AND o.ended_at IS NULL) AS "isBusy"
        FROM manager.sites s`,
    )
    const made = await rows(
      tx,
      sql<
        TagOwner & { tag: string }
      >`SELECT 'op:' || id AS tag, subject_id AS "siteId", ended_at IS NOT NULL AS "isOver"
        FROM operations.operations WHERE id = ANY(${ids}::uuid[]) AND subject_kind = 'site'`,
    )
    const setAside = await rows(
      tx,
      sql<SetAside>`SELECT database_name AS "databaseName", site_id AS "siteId",
          set_aside_at < now() - make_interval(days => ${formerDatabaseDays}) AS "isExpired" FROM manager.former_databases`,
    )
    return { sites, setAside, tags: new Map(made.map(({ tag, ...owner }) => [tag, owner])) }
  })
}
