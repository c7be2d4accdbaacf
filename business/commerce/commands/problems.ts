import { defineProblems, kitProblems, type ProblemError } from '@platen/kit/problems'

export const commandProblems = defineProblems('commerce', {
  'version-outdated': {
    status: 409,
    title: 'Changed by somebody else meanwhile',
    user: 'Reload to see the other change, then make yours again.',
    operator: 'Nothing to do.',
  },
})

/** Refuses a change made from an older version than the stored one; no version means "whatever it is now". */
export function assertVersion(stored: number, expected: number | undefined): void {
  if (expected === undefined || expected === stored) return
  throw commandProblems.problem(
    'version-outdated',
    `The change was made from version ${expected}; it is now ${stored}.`,
    {
      extensions: { currentVersion: stored },
    },
  )
}

/** The answer for an id that does not exist here, which includes those of other sites. */
export function notFound(what: string): ProblemError {
  return kitProblems.problem('not-found', `There is no such ${what}.`)
}
