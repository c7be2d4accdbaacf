import { managerStage } from './manager-stage.ts'
import { runFuzz, type FuzzReport } from './run-fuzz.ts'
import { siteStage } from './site-stage.ts'
import { stageTarget } from './stage-target.ts'

interface BothOptions {
  readonly cases: number
  readonly seed: number
  /** Told now and then, and of each failure at once: a long run may be stopped at the first. */
  readonly onProgress?: (api: string, done: number, failures: readonly string[]) => void
}

/** Half of the cases against the manager, half against a site. */
export async function fuzzBoth({ cases, seed, onProgress }: BothOptions): Promise<FuzzReport[]> {
  const reports: FuzzReport[] = []
  for (const open of [managerStage, siteStage]) {
    const stage = await open()
    const onRound = (done: number, failures: readonly string[]) => onProgress?.(stage.name, done, failures)
    try {
      reports.push(await runFuzz(await stageTarget(stage), { cases: cases / 2, seed, onRound }))
    } finally {
      await stage.close()
    }
  }
  return reports
}
