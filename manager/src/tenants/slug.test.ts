import { describe, expect, test } from 'vitest'
import { foldDomain } from './domain.ts'
import { slugCandidates, slugObjection } from './slug.ts'

describe('a slug made from a name', () => {
  test.each([
    ['Forge du Nord', 'forge-du-nord'],
    ['  L’Œuvre & Cie — Élan ', 'loeuvre-cie-elan'],
    ['Straßenbau Øst', 'strassenbau-ost'],
    ['ADMIN', 'admin-org'],
    ['me', 'me-org'],
    ['北京', 'organisation'],
    ["'; DROP TABLE tenants; --", 'drop-table-tenants'],
    ['x'.repeat(200), 'x'.repeat(40)],
    [`${'x'.repeat(39)} y`, 'x'.repeat(39)],
  ])('of %j is %s', (name, slug) => {
    const candidates = slugCandidates(name)
    expect(candidates[0]).toBe(slug)
    expect(candidates.map(slugObjection)).toEqual(candidates.map(() => undefined))
    expect(new Set(candidates).size).toBe(candidates.length)
  })
})

test.each([
  ['', 'Use 1 to 40'],
  ['-a', 'Use 1 to 40'],
  ['a--b', 'Use 1 to 40'],
  ['a_b', 'Use 1 to 40'],
  ['x'.repeat(41), 'Use 1 to 40'],
  ['console', 'is kept for the platform'],
  ['me', 'is kept for the platform'],
])('the slug %j is refused', (slug, why) => {
  expect(slugObjection(slug)).toContain(why)
})

describe('a domain', () => {
  test.each([
    ['Example.ORG', 'example.org'],
    ['www.example.org.', 'www.example.org'],
    ['Bücher.example', 'xn--bcher-kva.example'],
    ['例え.jp', 'xn--r8jz45g.jp'],
    [' a-b.example ', 'a-b.example'],
  ])('%j is kept as %s', (given, folded) => {
    expect(foldDomain(given)).toBe(folded)
  })

  test.each([
    '',
    'localhost',
    '127.0.0.1',
    '0x7f.1',
    '[::1]',
    'https://example.org',
    'example.org/path',
    'example.org:80',
    'a..example.org',
    '-a.example.org',
    'a_b.example.org',
    'user@example.org',
    'example.123',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
    'example.org\nx',
  ])('%j is none', (given) => {
    expect(foldDomain(given)).toBeUndefined()
  })
})
