import { kitProblems, type ProblemError } from '@platen/kit/problems'

/** The answer for an id that does not exist here, which includes those of other sites. */
export function notFound(what: string): ProblemError {
  return kitProblems.problem('not-found', `There is no such ${what}.`)
}
