import type { DataPaths } from '@platen/kit/names'
import { runChecks, type Finding } from './check.ts'
import { databaseChecks, type DatabaseParts } from './database-checks.ts'
import { fileChecks } from './file-checks.ts'
import { outsideChecks, type OutsideCheckParts } from './outside-checks.ts'
import { watchedChecks, type WatchedParts } from './watched-checks.ts'

export interface DiagnosisParts extends DatabaseParts, OutsideCheckParts, WatchedParts {
  paths: DataPaths
}

export interface Diagnosis {
  /** Looks at everything now. Never rejects, and takes seconds at most. */
  run(): Promise<Finding[]>
}

const toolsMs = 600_000

/** All checks, in the order in which one would look: what the rest stands on first. Who asks while somebody else does gets his answer. */
export function createDiagnosis(given: DiagnosisParts): Diagnosis {
  const parts = { ...given, dumpTools: rememberedFor(toolsMs, () => given.dumpTools()) }
  let running: Promise<Finding[]> | undefined
  const runAll = async (): Promise<Finding[]> => {
    try {
      return await runChecks([
        ...databaseChecks(parts),
        ...outsideChecks(parts),
        ...watchedChecks(parts),
        ...fileChecks(parts.paths),
      ])
    } finally {
      running = undefined
    }
  }
  return { run: () => (running ??= runAll()) }
}

/** Finding the tools takes a process for each folder of PATH: what was found is good for a while, what was not is looked for again. */
function rememberedFor<T>(forMs: number, find: () => Promise<T>): () => Promise<T> {
  let found: { atMs: number; value: Promise<T> } | undefined
  return async () => {
    if (found === undefined || performance.now() - found.atMs > forMs)
      found = { atMs: performance.now(), value: find() }
    try {
      return await found.value
    } catch (error) {
      found = undefined
      throw error
    }
  }
}
