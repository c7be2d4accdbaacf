import { managerStage } from './manager-stage.ts'
import { runFuzz, type FuzzReport } from './run-fuzz.ts'
import { siteStage } from './site-stage.ts'
import { stageTarget } from './stage-target.ts'

interface BothOptions {
  /** Leaves out the other one; its half of the cases is not made. */
  readonly only?: string | undefined
  readonly cases: number
  readonly seed: number
  /** Told now and then, and of each failure at once: a long run may be stopped at the first. */
  readonly onProgress?: (api: string, done: number, failures: readonly string[]) => void
}

/** Half of the cases against the manager, half against a site. */
export async function fuzzBoth({ only, cases, seed, onProgress }: BothOptions): Promise<FuzzReport[]> {
  const reports: FuzzReport[] = []
  for (const [name, open] of Object.entries({ manager: managerStage, site: siteStage })) {
    if (only !== undefined && only !== name) continue
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
