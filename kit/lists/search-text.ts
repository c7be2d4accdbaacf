import { containing } from './list-sql.ts'

/** Text as search sees it: no accents, no case, ligatures opened, one blank between words. Done here and not by
 *  `unaccent` so that a site database needs no extension and every server collation finds the same rows. */
export function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .replaceAll('æ', 'ae')
    .replaceAll('ß', 'ss')
    .replaceAll(/\s+/g, ' ')
    .trim()
}

/** The search column of a row: everything it can be found by. */
export function searchText(parts: readonly (string | null | undefined)[]): string {
  return fold(parts.filter((part) => part !== null && part !== undefined).join(' '))
}

/** LIKE patterns that must all match: each word anywhere. */
export function searchPatterns(search: string | undefined): string[] {
  if (search === undefined) return []
  const words = fold(search).split(' ')
  return words.filter((word) => word !== '').map(containing)
}
