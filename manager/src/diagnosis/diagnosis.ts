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

/** All checks, in the order in which one would look: what the rest stands on first. */
export const createDiagnosis = (parts: DiagnosisParts): Diagnosis => ({
  run: () =>
    runChecks([...databaseChecks(parts), ...outsideChecks(parts), ...watchedChecks(parts), ...fileChecks(parts.paths)]),
})
