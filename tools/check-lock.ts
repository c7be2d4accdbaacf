import type { CheckOutcome } from './check-outcome.ts'
import { missingOptionalEntries, readLock } from './complete-lock.ts'

/** The lock file must install everywhere: no address of anybody's registry in it, and no optional package left out (see complete-lock.ts). */
export async function checkLock(): Promise<CheckOutcome> {
  const lock = await readLock()
  const entries = Object.entries(lock.packages)
  const problems = [
    ...entries
      .filter(([, { resolved, link }]) => resolved !== undefined && link !== true)
      .map(([name]) => `${name} names the address it was loaded from: remove its "resolved" line`),
    ...Object.keys(missingOptionalEntries(lock)).map((name) => `${name} is missing, npm ci would refuse`),
  ]
  return { ok: problems.length === 0, problems: problems.join('\n'), note: `${entries.length} packages` }
}
