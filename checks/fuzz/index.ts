import { managerStage } from './manager-stage.ts'
import { runFuzz, type FuzzReport } from './run-fuzz.ts'
import { siteStage } from './site-stage.ts'
import { stageTarget } from './stage-target.ts'

interface BothOptions {
  readonly cases: number
  readonly seed: number
  readonly onProgress?: (api: string, done: number) => void
}

/** Half of the cases against the manager, half against a site. */
export async function fuzzBoth({ cases, seed, onProgress }: BothOptions): Promise<FuzzReport[]> {
  const reports: FuzzReport[] = []
  for (const open of [managerStage, siteStage]) {
    const stage = await open()
    const onRound = (done: number) => onProgress?.(stage.name, done)
    try {
      reports.push(await runFuzz(await stageTarget(stage), { cases: cases / 2, seed, onRound }))
    } finally {
      await stage.close()
    }
  }
  return reports
}
