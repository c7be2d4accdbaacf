// The table: every operation of an API against everybody who might call it. What is expected follows from the committed document.
import type { ApiOperation } from './operations.ts'
import { pairsFor } from './pairs.ts'
import type { Place } from './place.ts'
import { gapsForAllowed, leaksToRefused } from './try-callers.ts'
import { leaksBetween, leaksToOthers, namesThings, type Tally } from './try-pairs.ts'
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

/** So many callers of an operation that names nothing: each meets all other tenants. */
const callersPerList = 3

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
  const others = everything ? tenants.slice(1) : tenants.slice(1, 1 + callersPerList)
  const isNaming = namesThings(place, operation)
  const before = await place.records()
  const seen = isNaming
    ? await leaksBetween(place, operation, pairsFor(tenants.length, turn, everything), tally)
    : await leaksToOthers(place, operation, others, tally)
  const refused = await leaksToRefused(place, operation)
  const mayChange = new Set(isNaming ? [] : others.map(({ id }) => id))
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
