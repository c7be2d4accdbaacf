import { kitProblems } from '@platen/kit/problems'
import { z } from 'zod'

/** `headers: ifMatchHeader` on a route that changes something with a version. */
export const ifMatchHeader = z.looseObject({
  'if-match': z.string().max(200).optional().describe('The ETag of what the change was made from: `"v3"`.'),
})

export const etagOf = (version: number): string => `"v${version}"`

/** @throws ProblemError version-stale (412) unless the header names this version or is absent. */
export function assertVersion(version: number, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*') return
  const named = ifMatch.split(',').map((tag) => tag.trim())
  if (named.includes(etagOf(version))) return
  throw kitProblems.problem('version-stale', `It is at ${etagOf(version)} now. Nothing was changed.`)
}
