import { ProblemError } from '../api/problem.ts'

/** As much of a form as this needs; Mantine's form has more. */
export interface FieldErrors {
  setFieldError(path: string, message: string): void
}

/**
 * Puts `errors[]` of a refused request on the fields they point at and returns what is left to show above the form: the error
 * itself when some pointer has no field (or there were none), null when every one found its place.
 * @param fields form path by pointer; a pointer below a listed one (`/unitPrice/amount` below `/unitPrice`) counts as it.
 */
export function placeFieldProblems(
  form: FieldErrors,
  error: unknown,
  fields: Readonly<Record<string, string>>,
): unknown {
  if (!(error instanceof ProblemError) || error.errors.length === 0) return error
  let isPlaced = true
  for (const { pointer, message } of error.errors) {
    const field = fieldOf(pointer, fields)
    if (field === undefined) isPlaced = false
    else form.setFieldError(field, message)
  }
  return isPlaced ? null : error
}

function fieldOf(pointer: string, fields: Readonly<Record<string, string>>): string | undefined {
  const parts = pointer.split('/')
  while (parts.length > 1) {
    const found = fields[parts.join('/')]
    if (found !== undefined) return found
    parts.pop()
  }
  return undefined
}
