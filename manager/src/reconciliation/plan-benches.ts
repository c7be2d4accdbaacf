import type { ProcessDescription } from '@platen/drivers/runners'
import { benchConsumer } from '@platen/kit/names'
import type { Difference } from './difference.ts'

export interface WantedBench {
  name: string
  processes: number
  /** Null before the bench runs a release for the first time: that is being done by the manager's start. */
  release: string | null
}

/**
 * Which processes of benches are missing, or more than wanted. Pure. One that crashes or does not answer is the runner's business, which
 * starts it again by itself: only what the runner was never told, or has forgotten, is told again.
 */
export function planBenches(
  wanted: readonly WantedBench[],
  actual: readonly Pick<ProcessDescription, 'name'>[],
): Difference[] {
  const running = new Set(actual.map(({ name }) => name).filter((name) => name.startsWith('bench-')))
  const known = new Set(wanted.flatMap(processesOf))
  const missing = wanted.flatMap((bench) => {
    const absent = processesOf(bench).filter((name) => !running.has(name))
    const text = `The runner knows nothing of ${absent.join(', ')}.`
    return bench.release === null || absent.length === 0
      ? []
      : [difference('bench-not-running', bench.name, text, 'start-bench')]
  })
  const strangers = [...running]
    .filter((name) => !known.has(name))
    .map((name) => difference('bench-unknown', name, `The runner keeps ${name}, which belongs to no bench.`, null))
  return [...missing, ...strangers]
}

const processesOf = ({ name, processes }: WantedBench): string[] =>
  Array.from({ length: processes }, (_, index) => benchConsumer(name, index + 1))

const difference = (
  kind: Difference['kind'],
  name: string,
  detail: string,
  remedy: Difference['remedy'],
): Difference => ({ kind, subject: { kind: 'bench', id: name, label: name }, tenantId: null, detail, remedy })
