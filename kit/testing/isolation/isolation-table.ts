// The table: every operation of an API against everybody who might call it. What is expected follows from the committed document.
import type { ApiOperation } from './operations.ts'
import { pairsFor, pairsInSample } from './pairs.ts'
import type { Place } from './place.ts'
import { gapsForAllowed, leaksToRefused } from './try-callers.ts'
import { isOwned, leaksBetween, leaksToOthers, namesThings, type Tally } from './try-pairs.ts'
import { leaksByTricks } from './try-tricks.ts'

export interface IsolationReport {
  /** What went wrong, in sentences. */
  leaks: string[]
  operations: number
  /** The fewest ordered pairs that an operation met. */
  fewestPairs: number
  pairs: number
  requests: number
  seconds: number
}

export interface IsolationOptions {
  /** All ordered pairs, in place of a sample. */
  everything?: boolean
  /** Only these. */
  only?(operation: ApiOperation): boolean
}

export async function isolationReport(
  place: Place,
  { everything = false, only }: IsolationOptions = {},
): Promise<IsolationReport> {
  const startedMs = performance.now()
  const operations = only === undefined ? place.operations : place.operations.filter((operation) => only(operation))
  const leaks: string[] = []
  const report = { leaks, operations: operations.length, fewestPairs: Infinity, pairs: 0, requests: 0 }
  for (const [turn, operation] of operations.entries()) {
    const tally: Tally = { pairs: 0, requests: 0 }
    leaks.push(...(await leaksOf(place, operation, { turn, everything, tally })))
    report.fewestPairs = Math.min(report.fewestPairs, tally.pairs)
    report.pairs += tally.pairs
    report.requests += tally.requests
  }
  return { ...report, seconds: (performance.now() - startedMs) / 1000 }
}

async function leaksOf(
  place: Place,
  operation: ApiOperation,
  { turn, everything, tally }: { turn: number; everything: boolean; tally: Tally },
): Promise<string[]> {
  const { tenants } = place
  // Of an operation that names nothing each caller meets all other tenants.
  const others = everything ? tenants.slice(1) : tenants.slice(1, 1 + Math.ceil(pairsInSample / (tenants.length - 1)))
  const before = await place.records()
  const seen = namesThings(place, operation)
    ? await leaksBetween(place, operation, { pairs: pairsFor(tenants.length, turn, everything), everything }, tally)
    : []
  const isOwn = !isOwned(place, operation)
  if (isOwn) seen.push(...(await leaksToOthers(place, operation, others, tally)))
  const refused = await leaksToRefused(place, operation)
  const mayChange = new Set(isOwn ? others.map(({ id }) => id) : [])
  const changed = changesBetween(before, await place.records()).filter((key) => !mayChange.has(key.split(' ')[0] ?? ''))
  return [
    ...seen,
    ...refused,
    ...(changed.length > 0
      ? [`${operation.name}: somebody who may not changed ${changed.slice(0, 5).join(', ')}`]
      : []),
    ...(await gapsForAllowed(place, operation)),
    ...(await leaksByTricks(place, operation)),
  ]
}

function changesBetween(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].filter((key) => before.get(key) !== after.get(key))
}
