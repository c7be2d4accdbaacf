import { readFileSync, writeFileSync } from 'node:fs'
import { convertCssVariables } from '@mantine/core'
import { expect, test } from 'vitest'
import { contrastVariables, themeVariables } from './theme.ts'

const file = new URL('./variables.css', import.meta.url)
const header =
  '/* Generated from theme.ts: delete this file and run `npx vitest run web/ui/theme` to write it again. */\n'

test('variables.css is what the theme says', () => {
  const expected = header + convertCssVariables(themeVariables(), ':root').replaceAll(';', ';\n')
  const current = readOrNothing()
  if (current === '') writeFileSync(file, expected)
  // The formatter may lay the file out as it likes.
  expect(bare(current || expected)).toBe(bare(expected))
})

test.each([
  ['light', '--mantine-color-dimmed', '#f3f5f6'],
  ['light', '--mantine-color-placeholder', '#ffffff'],
  ['light', '--mantine-color-error', '#ffffff'],
  ['light', '--mantine-color-anchor', '#f3f5f6'],
  ['dark', '--mantine-color-dimmed', '#1c242b'],
  ['dark', '--mantine-color-placeholder', '#1c242b'],
  ['dark', '--mantine-color-error', '#1c242b'],
  ['dark', '--mantine-color-anchor', '#1c242b'],
] as const)('%s %s reaches 4.5:1 on %s', (scheme, name, background) => {
  expect(contrast(contrastVariables[scheme][name] ?? '', background)).toBeGreaterThanOrEqual(4.5)
})

function bare(css: string): string {
  return css.replaceAll(/\s/g, '').replaceAll("'", '"').replaceAll(';}', '}')
}

function readOrNothing(): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

function contrast(one: string, other: string): number {
  const [light, shade] = [luminance(one), luminance(other)].toSorted((a, b) => b - a)
  return ((light ?? 0) + 0.05) / ((shade ?? 0) + 0.05)
}

/** Relative luminance of `#rrggbb`, WCAG 2.2. */
function luminance(hex: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((channel) => (channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
