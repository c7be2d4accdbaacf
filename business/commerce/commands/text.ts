import { z } from 'zod'

/** One line of text as people write it: trimmed, not empty, no control characters. */
export function lineSchema(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
}

/** Text of several lines. */
export function paragraphSchema(maxLength: number) {
  return z
    .string()
    .trim()
    .max(maxLength)
    .regex(/^[\P{Cc}\n\r\t]*$/u, 'must not contain control characters')
}
