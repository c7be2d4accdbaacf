import type { DatabaseServer } from '@platen/drivers/databases'
import type { ObjectStore } from '@platen/drivers/objects'
import { defineJob, type JobSchedule } from '@platen/kit/jobs'
import { siteObjectPrefix } from '@platen/kit/names'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { recordUsage, sitesInTurn, type DueSite, type Usage } from './usage-store.ts'

export interface UsageDeps {
  /** As the worker role. */
  db: Db
  databases: Pick<DatabaseServer, 'databaseSize'>
  objects: Pick<ObjectStore, 'scoped'>
}

const asPlatform = { operator: true } as const
const payload = z.strictObject({})
/** The next round begins after a minute. */
const roundMs = 45_000
const siteMs = 10_000

/** Measures a few sites, one after the other: what is not reached in time is first in the next round. */
export const measureUsage = defineJob<typeof payload, UsageDeps>({
  name: 'measure-usage',
  payload,
  maxAttempts: 1,
  run: async (_payload, { deps, signal }) => {
    const over = AbortSignal.any([signal, AbortSignal.timeout(roundMs)])
    for (const site of await withScope(deps.db, asPlatform, sitesInTurn)) {
      if (over.aborted) return
      const usage = await measure(site, deps, over)
      await withScope(deps.db, asPlatform, (tx) => recordUsage(tx, site.id, usage))
    }
  },
})

export const measuringSchedule: JobSchedule<UsageDeps> = { job: measureUsage, cron: '* * * * *', timeZone: 'UTC' }

/** Undefined where somebody does not answer, or the database is just being made or removed: another time, then. */
async function measure(
  { id, database_name }: DueSite,
  { databases, objects }: UsageDeps,
  over: AbortSignal,
): Promise<Usage | undefined> {
  const signal = AbortSignal.any([over, AbortSignal.timeout(siteMs)])
  try {
    const [databaseBytes, { sizeBytes }] = await Promise.all([
      databases.databaseSize(database_name, { signal }),
      objects.scoped(siteObjectPrefix(id)).describe({ depth: 0, signal }),
    ])
    return { databaseBytes, filesBytes: sizeBytes }
  } catch {
    return undefined
  }
}
