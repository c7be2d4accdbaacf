import { z } from 'zod'

/**
 * Marks that turn the order in which the rest of a text is shown: a name on an invoice would be read as another one than is stored.
 * U+200D and U+200C stay: scripts and emoji are written with them. So do U+200E and U+200F, which turn nothing but themselves.
 */
const NO_REORDERING = /^[^\u202A-\u202E\u2066-\u2069]*$/u
/** Anything but separators, controls, unassigned and invisible characters. */
const SOMETHING_VISIBLE = /(?!\p{Default_Ignorable_Code_Point})[^\p{Z}\p{C}\u2800\p{M}]/u

/** One line of text as people write it: trimmed, something to be seen in it, no control characters. */
export function lineSchema(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'must not contain control characters')
    .refine((text) => NO_REORDERING.test(text), 'must not contain marks that change the direction of text')
    .refine((text) => SOMETHING_VISIBLE.test(text), 'must contain a visible character')
}

/** Text of several lines. */
export function paragraphSchema(maxLength: number) {
  return z
    .string()
    .trim()
    .max(maxLength)
    .regex(/^[\P{Cc}\n\r\t]*$/u, 'must not contain control characters')
    .refine((text) => NO_REORDERING.test(text), 'must not contain marks that change the direction of text')
}
