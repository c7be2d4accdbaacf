import type { FastifyRequest } from 'fastify'
import { kitProblems } from '../../problems/index.ts'

const VERSION = /^"v(\d{1,15})(?:-[A-Za-z0-9_-]{1,64})?"$/

/**
 * The versions that a change may be made from, by `If-Match`: undefined without the header and for `*`. The part of a tag behind its
 * version is not compared: a change is refused when the thing itself changed, not when its picture's address did.
 */
export function expectedVersion(request: FastifyRequest): readonly number[] | undefined {
  const header = request.headers['if-match']
  if (header === undefined || header.trim() === '*') return undefined
  return header.split(',').flatMap((tag) => {
    // What is not a strong tag of ours matches nothing.
    const version = VERSION.exec(tag.trim())?.[1]
    return version === undefined ? [] : [Number(version)]
  })
}

/**
 * Refuses a change made from another version than the stored one.
 * @throws ProblemError version-stale (412) with `currentVersion` and `changedAt`
 */
export function assertUnchanged(
  stored: { version: number; updatedAt: Date },
  expected: readonly number[] | undefined,
): void {
  if (expected === undefined || expected.includes(stored.version)) return
  const from = expected.length === 0 ? 'a version that is not known here' : `version ${expected.join(' or ')}`
  throw kitProblems.problem(
    'version-stale',
    `The change was made from ${from}; it is now version ${stored.version}. Nothing was changed.`,
    { extensions: { currentVersion: stored.version, changedAt: stored.updatedAt.toISOString() } },
  )
}
