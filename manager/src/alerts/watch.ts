import { setTimeout as pause } from 'node:timers/promises'
import { one, sql, withScope, type Db } from '@platen/kit/sql'
import { dedupeKeyOf, type Verdict } from './alert.ts'
import { listOpenKeys, raiseAlert, resolveAlert } from './alert-store.ts'
import { keepDiskSample, readFacts, readOutside, type OutsideParts } from './facts.ts'
import { watchers } from './watchers.ts'

const watchMs = 30_000
/** Any number that nothing else uses: `alrt`. */
const lockKey = 0x616c7274

export interface WatchParts extends OutsideParts {
  /** As the worker role. */
  db: Db
  now?: () => Date
}

interface WatchLog {
  warn(facts: object, message: string): void
}

/** Looks every 30 s until the signal fires. A round that fails is logged, and the next one looks again. */
export async function keepWatching(parts: WatchParts, log: WatchLog, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await watchOnce(parts).catch((error: unknown) => {
      if (!signal.aborted) log.warn({ err: error }, 'the round of the alert watchers failed; the next one looks again')
    })
    await pause(watchMs, undefined, { signal }).catch(() => undefined)
  }
}

/**
 * One round of all watchers: takes no input and may run at any time. Of several managers one does it; the others answer undefined.
 * Raises and resolves in one order, so that it never waits in a ring with somebody else who raises.
 */
export async function watchOnce(parts: WatchParts): Promise<Verdict | undefined> {
  const now = (parts.now ?? (() => new Date()))()
  const outside = await readOutside(parts)
  return withScope(parts.db, { operator: true }, async (tx) => {
    const { locked } = await one(tx, sql<{ locked: boolean }>`SELECT pg_try_advisory_xact_lock(${lockKey}) AS locked`)
    if (!locked) return undefined
    const facts = await readFacts(tx, outside, now)
    if (outside.disk !== null) await keepDiskSample(tx, outside.disk, now)
    const open = await listOpenKeys(tx)
    const verdicts = watchers.map((watch) => watch(facts, open))
    const verdict = {
      raise: verdicts.flatMap(({ raise }) => raise).toSorted((a, b) => (dedupeKeyOf(a) < dedupeKeyOf(b) ? -1 : 1)),
      resolve: verdicts.flatMap(({ resolve }) => resolve).toSorted(),
    }
    for (const alarm of verdict.raise) await raiseAlert(tx, alarm, now)
    for (const key of verdict.resolve) await resolveAlert(tx, key, now)
    return verdict
  })
}
