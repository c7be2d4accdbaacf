import { randomInt } from 'node:crypto'
import { isReservedName } from '../sites/index.ts'

/** How a tenant is called in addresses and commands. Pure but for the random tail of the last candidate. */

const longest = 40
const shape = /^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$/
/** Beside the names that no site may have either: words that stand in a tenant's place. */
const reserved = new Set(['all', 'any', 'me', 'new', 'none', 'null', 'owner', 'tenant', 'tenants', 'undefined'])

/** Letters that are no base letter with an accent. */
const written: Record<string, string> = { ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', þ: 'th', ı: 'i' }

/** Why a slug may not be taken, or undefined. Case-folded by whoever calls. */
export function slugObjection(slug: string): string | undefined {
  if (!shape.test(slug) || slug.includes('--'))
    return `Use 1 to ${longest} letters a-z, digits and single hyphens; begin and end with a letter or digit.`
  return isReserved(slug) ? `"${slug}" is kept for the platform.` : undefined
}

/** Slugs for a name, best first. The last one is random: somebody gets through however many have the same name. */
export function slugCandidates(name: string): string[] {
  const base = slugOf(name)
  const numbered = (tail: string | number): string => `${base.slice(0, longest - 1 - String(tail).length)}-${tail}`
  const tail = randomInt(36 ** 6)
    .toString(36)
    .padStart(6, '0')
  return [base, ...[2, 3, 4, 5].map(numbered), numbered(tail)]
}

/** A name in another script than Latin leaves nothing, so its slug is a plain word. */
function slugOf(name: string): string {
  const latin = name
    .toLowerCase()
    .replaceAll(/[ßæœøđðłþı]/g, (letter) => written[letter] ?? '')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/['’]/g, '')
    .replaceAll(/[^a-z0-9]+/g, '-')
  const trimmed = latin.slice(0, longest).replaceAll(/^-+|-+$/g, '')
  if (trimmed === '') return 'organisation'
  return isReserved(trimmed) ? `${trimmed.slice(0, longest - 4)}-org` : trimmed
}

const isReserved = (slug: string): boolean => reserved.has(slug) || isReservedName(slug)
