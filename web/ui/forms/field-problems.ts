import { ProblemError } from '../api/problem.ts'

/** As much of a form as this needs; Mantine's form has more. */
export interface FieldErrors {
  setFieldError(path: string, message: string): void
}

/** Where a pointer belongs, and what to say there instead of the server's words. */
export type FieldTarget = string | { field: string; message: string }

/**
 * Puts `errors[]` of a refused request on the fields they point at and returns what is left to show above the form: the error
 * itself when some pointer has no field (or there were none), null when every one found its place.
 * @param fields form path by pointer; a pointer below a listed one (`/unitPrice/amount` below `/unitPrice`) counts as it.
 */
export function placeFieldProblems(
  form: FieldErrors,
  error: unknown,
  fields: Readonly<Record<string, FieldTarget>>,
): unknown {
  if (!(error instanceof ProblemError) || error.errors.length === 0) return error
  let isPlaced = true
  for (const { pointer, message } of error.errors) {
    const target = targetOf(pointer, fields)
    if (target === undefined) isPlaced = false
    else if (typeof target === 'string') form.setFieldError(target, message)
    else form.setFieldError(target.field, target.message)
  }
  return isPlaced ? null : error
}

function targetOf(pointer: string, fields: Readonly<Record<string, FieldTarget>>): FieldTarget | undefined {
  const parts = pointer.split('/')
  while (parts.length > 1) {
    const found = fields[parts.join('/')]
    if (found !== undefined) return found
    parts.pop()
  }
  return undefined
}
