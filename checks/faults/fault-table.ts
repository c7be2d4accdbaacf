import { cellFromEnvironment } from './config.ts'
import type { SeededRandom } from './random.ts'

/** One fault at one step. */
export interface FaultCell {
  step: string
  fault: string
  /** Strikes, waits until everything has settled, and says as what, in a word or two (`active`). Throws if it has not settled. */
  run(random: SeededRandom): Promise<string>
  /** It is known not to converge yet, and why. Fails as soon as it does converge, so that the remark goes with the gap. */
  knownGap?: string
}

/** A fault that cannot happen at a step, or not there: only with the reason. */
export interface NotApplicable {
  step: string
  fault: string
  notApplicable: string
}

export interface FaultTableOptions {
  title: string
  cells: readonly (FaultCell | NotApplicable)[]
  random: SeededRandom
  /** Cells at once, default 1. */
  concurrency?: number
  /** Take so many, the same for the same seed, and every step and every fault as long as that many suffice. Default all. */
  sample?: number
  /** Default the console. */
  print?: (table: string) => void
}

export interface FaultRow {
  step: string
  fault: string
  seed: number
  outcome: string
  failed: boolean
  durationMs: number
}

/** Runs the cells, prints the table, and throws naming the cells that did not converge. Cells that fail do not stop the others. */
export async function faultTable(options: FaultTableOptions): Promise<FaultRow[]> {
  const { title, random, concurrency = 1, print = console.log } = options
  const chosen = choose(options)
  const rows: FaultRow[] = []
  const waiting = [...chosen.entries()]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
      rows[next[0]] = await runCell(next[1], random)
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  print(format(`${title}, seed ${random.seed}, ${chosen.length} of ${options.cells.length} cells`, rows))
  const failed = rows.filter((row) => row.failed)
  if (failed.length > 0) throw new CellsFailed(title, random.seed, failed)
  return rows
}

export class CellsFailed extends Error {
  override readonly name = 'CellsFailed'
  readonly rows: readonly FaultRow[]

  constructor(title: string, seed: number, rows: readonly FaultRow[]) {
    const lines = rows.map(
      ({ step, fault, outcome }) =>
        `${cellName({ step, fault })}: ${outcome}\n  PLATEN_TEST_SEED=${seed} PLATEN_TEST_CELL='${cellName({ step, fault })}' repeats it`,
    )
    super(`${title}: ${rows.length} cells did not converge\n${lines.join('\n')}`)
    this.rows = rows
  }
}

const KNOWN_GAP = 'known gap: '
const NOT_APPLICABLE = 'not applicable: '

export const cellName = ({ step, fault }: { step: string; fault: string }): string => `${step} × ${fault}`

function choose({ cells, random, sample = cells.length }: FaultTableOptions): (FaultCell | NotApplicable)[] {
  const wanted = cellFromEnvironment()
  if (wanted !== '') return cells.filter((cell) => cellName(cell).includes(wanted))
  const rest = random.fork('sample').shuffle(cells)
  const taken = new Set<FaultCell | NotApplicable>()
  const seen = new Set<string>()
  const isNew = (cell: { step: string; fault: string }): number =>
    Number(!seen.has(`step ${cell.step}`)) + Number(!seen.has(`fault ${cell.fault}`))
  while (taken.size < sample && rest.length > 0) {
    const best = rest.reduce((a, b) => (isNew(b) > isNew(a) ? b : a))
    rest.splice(rest.indexOf(best), 1)
    taken.add(best)
    seen.add(`step ${best.step}`).add(`fault ${best.fault}`)
  }
  return cells.filter((cell) => taken.has(cell))
}

async function runCell(cell: FaultCell | NotApplicable, random: SeededRandom): Promise<FaultRow> {
  const { step, fault } = cell
  const own = random.fork(cellName(cell))
  const row = { step, fault, seed: own.seed, failed: false, durationMs: 0 }
  if ('notApplicable' in cell) return { ...row, outcome: `${NOT_APPLICABLE}${cell.notApplicable}` }
  const startedMs = performance.now()
  const ended = await cell.run(own).then(
    (outcome) => ({ outcome, failed: false }),
    (error: unknown) => ({ outcome: error instanceof Error ? error.message : String(error), failed: true }),
  )
  return { ...row, ...judged(cell, ended), durationMs: performance.now() - startedMs }
}

function judged({ knownGap }: FaultCell, ended: { outcome: string; failed: boolean }): typeof ended {
  if (knownGap === undefined) return ended
  if (ended.failed) return { outcome: `${KNOWN_GAP}${knownGap}`, failed: false }
  return { outcome: `it converged (${ended.outcome}): the known gap is closed, remove the remark`, failed: true }
}

/** What cannot be is told once for each step and reason: it would drown the rest. */
function format(title: string, all: readonly FaultRow[]): string {
  const isRun = ({ outcome }: FaultRow): boolean => !outcome.startsWith(NOT_APPLICABLE)
  const lines = all
    .filter(isRun)
    .map(({ step, fault, seed, outcome, failed, durationMs }) => [
      failed ? 'FAILED' : outcome.startsWith(KNOWN_GAP) ? 'gap' : 'ok',
      step,
      fault,
      `${(durationMs / 1000).toFixed(1)} s`,
      String(seed),
      outcome.split('\n')[0] ?? '',
    ])
  const rest = Map.groupBy(
    all.filter((row) => !isRun(row)),
    ({ step, outcome }) => `${step}: ${outcome}`,
  )
  const omitted = [...rest].map(([why, rows]) => `-  ${why} (${rows.map(({ fault }) => fault).join(', ')})`)
  return [title, ...aligned([['', 'step', 'fault', 'time', 'seed', 'outcome'], ...lines]), ...omitted].join('\n')
}

function aligned(table: readonly string[][]): string[] {
  const widths = table[0]?.map((_, column) => Math.max(...table.map((line) => line[column]?.length ?? 0))) ?? []
  return table.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}
