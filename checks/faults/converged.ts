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
 * sides printed. An inventory that cannot be read differs. @returns how long it took, in ms.
 */
export async function assertConverged(
  inventories: readonly Inventory[],
  { timeoutMs = 120_000, pollMs = 100 }: ConvergedOptions = {},
): Promise<number> {
  const startedMs = performance.now()
  for (;;) {
    const differences = await compare(inventories)
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
    const lines = differences.map(
      ({ name, found, expected, expectedBy }) =>
        `  ${name} has ${print(found)}\n    but ${expectedBy} ${print(expected)}`,
    )
    super(`not converged after ${timeoutMs} ms:\n${lines.join('\n')}`)
    this.names = differences.map(({ name }) => name)
  }
}

async function compare(inventories: readonly Inventory[]): Promise<Difference[]> {
  const readings = await Promise.all(inventories.map(read))
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

async function read(inventory: Inventory): Promise<{ inventory: Inventory; found: unknown }> {
  try {
    return { inventory, found: await inventory.read() }
  } catch (error) {
    return { inventory, found: new Unreadable(error instanceof Error ? error.message : String(error)) }
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
