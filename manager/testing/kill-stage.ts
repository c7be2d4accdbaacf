// A filled site on a real platform, and what the harness of kills needs to know of the operations on it.
import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { siteRoleNames } from '@platen/kit/names'
import type { OperationDefinition } from '@platen/kit/operations'
import type { KillPoint, OperationWorld } from '@platen/kit/operations/testing'
import { rows, sql, withScope } from '@platen/kit/sql'
import type { BackupDeps } from '../src/backups/index.ts'
import { requireSite } from '../src/sites/index.ts'
import { backupBuilders } from './backup-builders.ts'
import { aTenant, runWith, startWith } from './builders.ts'
import { killsEverywhere } from './config.ts'
import { strays } from './real-inventory.ts'
import { aFilledSite, realPlatform, workerOptions, type FilledSite, type RealPlatform } from './real-platform.ts'

const leaseMs = 2_000
const program = fileURLToPath(new URL('site-worker.ts', import.meta.url))
const asOperator = { operator: true }

export const pointsOf = (short: readonly KillPoint[]) => (killsEverywhere ? {} : { points: short })

export interface KillStage {
  real: RealPlatform
  site: FilledSite
  made: ReturnType<typeof backupBuilders>
  /** Starts the process that is to be killed. */
  startWorker(point: KillPoint, operationId: string): ChildProcess
  world<Input extends { siteId: string }>(
    definition: OperationDefinition<Input, BackupDeps>,
    rest: Pick<OperationWorld<Input, BackupDeps>, 'input' | 'verifyDone' | 'cleanUp'>,
  ): OperationWorld<Input, BackupDeps>
  /** Runs it in this process; throws unless it succeeds. Answers its id. */
  succeed<Input extends { siteId: string }>(
    definition: OperationDefinition<Input, BackupDeps>,
    input: Input,
  ): Promise<string>
  close(): Promise<void>
}

/** Rows enough that copying them takes a moment, in which to die. */
export async function killStage(rowCount = 20_000): Promise<KillStage> {
  const real = await realPlatform()
  const { platform, databases } = real
  const tenant = await aTenant(platform)
  const site = await aFilledSite(real, tenant, rowCount)
  const made = backupBuilders(platform, tenant)
  const options = { ...(await workerOptions(real)), leaseMs }
  const onTakeover = async (_previous: string, { tagPrefix, tag }: { tagPrefix: string; tag: string }): Promise<void> =>
    void (await databases.endSessions(tagPrefix, tag))
  return {
    real,
    site,
    made,
    startWorker: (point, operationId) =>
      spawn(process.execPath, [program, JSON.stringify({ ...options, operationId, point })], {
        stdio: ['ignore', 'pipe', 'pipe'],
      }),
    world: (definition, rest) => ({
      ...rest,
      definition,
      db: platform.workerDb,
      connection: platform.workerConnection,
      deps: () => platform.deps,
      start: (input) => startWith(platform, tenant, definition, input),
      inventory: async () => comparable({ ...(await made.everything()), ...(await strays(real)) }),
      runner: { leaseMs, onTakeover },
      timeoutMs: 60_000,
    }),
    async succeed(definition, input) {
      const { id, state, problem } = await runWith(platform, tenant, definition, input)
      if (state !== 'succeeded') throw new Error(`${definition.type}: ${state}, ${JSON.stringify(problem)}`)
      return id
    },
    close: () => real.close(),
  }
}

/** A name that is reserved for a run that has not begun is no site yet, and which operation made a database does not matter. */
function comparable(found: object): unknown {
  // What `inventory` answers.
  const { sites = [], ...rest } = found as { sites?: object[] }
  const settled = sites.filter((row) => !JSON.stringify(row).includes('"pending"'))
  return JSON.parse(JSON.stringify({ ...rest, sites: settled }).replaceAll(/op:[0-9a-f-]{36}/g, 'op'))
}

/** Drops what restores in place have set aside. */
export async function forgetFormerDatabases({ platform, databases }: RealPlatform, siteId: string): Promise<void> {
  const { current, former } = await withScope(platform.workerDb, asOperator, async (tx) => ({
    current: (await requireSite(tx, siteId)).database_name,
    former: await rows(
      tx,
      sql<{
        name: string
      }>`DELETE FROM manager.former_databases WHERE site_id = ${siteId} RETURNING database_name AS name`,
    ),
  }))
  for (const { name } of former)
    if (name !== current)
      await databases.removeSiteDatabase({ name, roles: Object.values(siteRoleNames(name)), session: 'test' })
}
