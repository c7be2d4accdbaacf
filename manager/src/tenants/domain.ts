import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import { z } from 'zod'

const label = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/**
 * A web domain as it is kept: lower case, international names in punycode, no dot at the end. Undefined for what is none: one label,
 * an IP address, a port, a path.
 */
export function foldDomain(text: string): string | undefined {
  // A fraction of a URL would be read as one: only letters, digits, dots and hyphens of any script come that far.
  const given = text.trim().replace(/\.$/, '')
  if (!/^[\p{L}\p{N}\p{M}.-]+$/u.test(given)) return undefined
  const folded = domainToASCII(given)
  const labels = folded.split('.')
  const top = labels.at(-1) ?? ''
  const isDomain = folded.length <= 253 && labels.length >= 2 && labels.every((part) => label.test(part))
  return isDomain && /[a-z]/.test(top) && isIP(folded) === 0 ? folded : undefined
}

/** A domain in a request, folded. */
export const domainField = z
  .string()
  .max(253)
  .transform((text, context) => {
    const folded = foldDomain(text)
    if (folded !== undefined) return folded
    context.addIssue({ code: 'custom', message: 'must be a domain such as example.org, without https:// and path' })
    return z.NEVER
  })
