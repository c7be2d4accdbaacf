import { isDeepStrictEqual, inspect } from 'node:util'
import { setTimeout as pause } from 'node:timers/promises'

/** One place that knows what exists: the rows, the databases, the routes, what the edge serves. */
export interface Inventory {
  name: string
  /** In a form that all inventories of one comparison share, for instance the sorted ids of sites. */
  read(): Promise<unknown>
  /** What it must read. Absent: the same as the first inventory of the list. */
  expected?: unknown
}

export interface ConvergedOptions {
  /** Default 120 s, the promise of the platform after a fault is over. */
  timeoutMs?: number
  pollMs?: number
}

interface Difference {
  name: string
  found: unknown
  expected: unknown
  expectedBy: string
}

/**
 * Waits until all inventories agree, or each with what is expected of it. After the deadline it throws and names those that differ, both
 * sides printed. An inventory that cannot be read, or does not answer, differs. @returns how long it took, in ms.
 */
export async function assertConverged(
  inventories: readonly Inventory[],
  { timeoutMs = 120_000, pollMs = 100 }: ConvergedOptions = {},
): Promise<number> {
  const startedMs = performance.now()
  for (;;) {
    const differences = await compare(inventories, Math.max(pollMs, timeoutMs - (performance.now() - startedMs)))
    const elapsedMs = performance.now() - startedMs
    if (differences.length === 0) return elapsedMs
    if (elapsedMs + pollMs > timeoutMs) throw new NotConverged(differences, timeoutMs)
    await pause(pollMs)
  }
}

/** The inventories that still differ are in `names`. */
export class NotConverged extends Error {
  override readonly name = 'NotConverged'
  readonly names: readonly string[]

  constructor(differences: readonly Difference[], timeoutMs: number) {
    const lines = differences.map(sentence)
    super(`not converged after ${timeoutMs} ms:\n${lines.join('\n')}`)
    this.names = differences.map(({ name }) => name)
  }
}

/** Of two lists only what one has and the other has not: they may be long. */
function sentence({ name, found, expected, expectedBy }: Difference): string {
  if (!Array.isArray(found) || !Array.isArray(expected))
    return `  ${name} has ${print(found)}\n    but ${expectedBy} ${print(expected)}`
  const tooMany = without(found, expected)
  const missing = without(expected, found)
  const parts = [
    ...(tooMany.length > 0 ? [`has ${print(tooMany)} too many`] : []),
    ...(missing.length > 0 ? [`lacks ${print(missing)}`] : []),
  ]
  const how = parts.length > 0 ? parts.join(', ') : `has the same in another order or number: ${print(found)}`
  return `  ${name} ${how}\n    (${expectedBy} ${expected.length}, it has ${found.length})`
}

const without = (list: readonly unknown[], others: readonly unknown[]): unknown[] =>
  list.filter((value) => !others.some((other) => isDeepStrictEqual(value, other)))

async function compare(inventories: readonly Inventory[], withinMs: number): Promise<Difference[]> {
  const readings = await Promise.all(inventories.map((inventory) => read(inventory, withinMs)))
  const [first] = readings
  return readings
    .map(({ inventory, found }): Difference => {
      const isOwn = 'expected' in inventory
      return {
        name: inventory.name,
        found,
        expected: isOwn ? inventory.expected : first?.found,
        expectedBy: isOwn ? 'expected was' : `${first?.inventory.name ?? ''} has`,
      }
    })
    .filter(({ found, expected }) => found instanceof Unreadable || !isDeepStrictEqual(found, expected))
}

async function read(inventory: Inventory, withinMs: number): Promise<{ inventory: Inventory; found: unknown }> {
  // A reading that hangs is what some faults are about.
  const late = new AbortController()
  const giveUp = pause(withinMs, new Unreadable('no answer in time'), { signal: late.signal }).catch(() => undefined)
  try {
    return { inventory, found: await Promise.race([inventory.read(), giveUp]) }
  } catch (error) {
    return { inventory, found: new Unreadable(error instanceof Error ? error.message : String(error)) }
  } finally {
    late.abort()
  }
}

class Unreadable {
  readonly reason: string

  constructor(reason: string) {
    this.reason = reason
  }

  [inspect.custom](): string {
    return `(not readable: ${this.reason})`
  }
}

const print = (value: unknown): string => inspect(value, { depth: 6, breakLength: 140, maxArrayLength: 50 })
