import { ProblemError } from '@platen/ui'
import type { Shortage } from '../api/types.ts'

/**
 * What a refusal says about single lines, by their place: a shortage as figures, anything else in the server's words.
 * @param sayShortage puts a shortage into a sentence of the reader's language.
 */
export function lineProblems(
  error: unknown,
  productIds: readonly string[],
  sayShortage: (shortage: Shortage) => string,
): Map<number, string> {
  const found = new Map<number, string>()
  if (!(error instanceof ProblemError)) return found
  for (const { pointer, message } of error.errors) {
    const at = /^\/lines\/(\d+)/.exec(pointer)?.[1]
    if (at !== undefined) found.set(Number(at), message)
  }
  for (const shortage of shortagesOf(error)) {
    const at = productIds.indexOf(shortage.productId)
    if (at !== -1) found.set(at, sayShortage(shortage))
  }
  return found
}

function shortagesOf(error: ProblemError): Shortage[] {
  const { shortages } = error.problem
  // An extension of the problem stock-insufficient, whose shape the API documents.
  return error.code === 'stock-insufficient' && Array.isArray(shortages) ? (shortages as Shortage[]) : []
}
