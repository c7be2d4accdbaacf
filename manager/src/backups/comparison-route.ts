import { z } from 'zod'
import type { ObjectStore } from '@platen/drivers/objects'
import type { HttpServer } from '@platen/kit/http'
import { siteObjectPrefix } from '@platen/kit/names'
import { withScope } from '@platen/kit/sql'
import { principalOf } from '@platen/identity'
import { scopeOf } from '../scope.ts'
import { openSiteSecrets, requireSite, siteStates, type SiteRoutesOptions, type SiteRow } from '../sites/index.ts'
import type { ManifestBody } from './archive.ts'
import type { BackupDeps } from './backup-deps.ts'
import { connectionOf, readManifest } from './restore-archive.ts'
import { requireVerified } from './begin-backup.ts'
import { allObjects, ownerMarker } from './site-files.ts'
import { sharedWork } from './shared-work.ts'

export interface BackupRoutesOptions extends SiteRoutesOptions {
  objects: ObjectStore
  archiveKey: BackupDeps['archiveKey']
}

/** Counting a big site takes its time; nobody waits longer than this for a preview. */
const countingMs = 20_000

const tableComparison = z.strictObject({
  name: z.string(),
  rowsThen: z.int(),
  rowsNow: z.int().nullable(),
  changed: z.boolean().nullable(),
})
const comparisonSchema = z
  .strictObject({
    site: z.strictObject({ id: z.uuid(), name: z.string(), state: z.enum(siteStates) }),
    takenAt: z.iso.datetime(),
    comparable: z.boolean().meta({
      description:
        'False when the site has no database now, or could not be counted, for instance while an operation works on it',
    }),
    tables: z.array(tableComparison),
    files: z.strictObject({ backedUp: z.int(), now: z.int() }),
  })
  .meta({ id: 'BackupComparison' })

/** GET /backups/:id/comparison: what a restore in place would change. */
export function registerComparison(app: HttpServer, options: BackupRoutesOptions): void {
  const counting = sharedWork<Tables | undefined>()
  app.route({
    method: 'GET',
    url: '/api/v1/backups/:id/comparison',
    config: {
      policy: { kind: 'permission', permission: 'backups.read' },
      problems: ['backup-not-found', 'backup-not-verified', 'backup-damaged'],
    },
    schema: {
      tags: ['backups'],
      summary: 'Compare a backup with what its site holds now',
      params: z.strictObject({ id: z.uuid() }),
      response: { 200: comparisonSchema },
    },
    handler: async (request) => {
      const { backup, site } = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
        const found = await requireVerified(tx, request.params.id)
        return { backup: found, site: await requireSite(tx, found.site_id) }
      })
      const signal = AbortSignal.timeout(countingMs)
      const place = { tenantId: backup.tenant_id, siteId: backup.site_id, backupId: backup.id }
      const manifest = await readManifest(
        { place, objects: options.objects, signal },
        backup,
        await options.archiveKey(),
      )
      // It takes one of the two connections with which the site is backed up, so it is left alone while something works on it.
      const isBusy = site.operation_id !== null
      const now = isBusy ? undefined : await counting(site.id, () => tablesNow(site, options, signal))
      return {
        site: { id: site.id, name: site.name, state: site.state },
        takenAt: manifest.takenAt,
        comparable: now !== undefined,
        tables: compare(manifest.tables, now),
        files: { backedUp: manifest.fileTotals.count, now: await countFiles(site.id, options.objects, signal) },
      }
    },
  })
}

type Tables = ManifestBody['tables']

/** Undefined when there is nothing to count, or it takes too long. */
async function tablesNow(
  site: SiteRow,
  { vault, runtimeOf }: BackupRoutesOptions,
  signal: AbortSignal,
): Promise<Tables | undefined> {
  const login = { database: site.database_name, password: openSiteSecrets(vault, site).password }
  const runtime = runtimeOf(site.bench_name ?? '')
  return runtime.digest({ connection: connectionOf(login, 'dumper') }, { signal }).then(
    ({ tables }) => tables,
    () => undefined,
  )
}

/** Tables that only one side has count as empty on the other. */
function compare(then: Tables, now: Tables | undefined): z.infer<typeof tableComparison>[] {
  const present = new Map(now?.map((table) => [table.name, table]))
  const names = [...new Set([...then.map(({ name }) => name), ...present.keys()])].toSorted()
  const past = new Map(then.map((table) => [table.name, table]))
  return names.map((name) => {
    const [before, after] = [past.get(name), present.get(name)]
    const rowsThen = before?.rows ?? 0
    if (now === undefined) return { name, rowsThen, rowsNow: null, changed: null }
    return { name, rowsThen, rowsNow: after?.rows ?? 0, changed: before?.digest !== after?.digest }
  })
}

async function countFiles(siteId: string, objects: ObjectStore, signal: AbortSignal): Promise<number> {
  let count = 0
  for await (const { key } of allObjects(objects.scoped(siteObjectPrefix(siteId)), '', signal)) {
    if (key !== ownerMarker) count += 1
  }
  return count
}
