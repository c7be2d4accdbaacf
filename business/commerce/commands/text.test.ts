import { expect, test } from 'vitest'
import { lineSchema, paragraphSchema } from './text.ts'

const line = lineSchema(100)
const paragraph = paragraphSchema(100)

test.each([0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069])(
  'the bidi control %i is refused in lines and in paragraphs',
  (code) => {
    const text = `SARL ${String.fromCodePoint(code)}noitcartnoC`
    expect(line.safeParse(text).success).toBe(false)
    expect(paragraph.safeParse(text).success).toBe(false)
  },
)

test.each([
  ['zero width space', '\u200B'],
  ['joiners', '\u200C\u200D'],
  ['soft hyphen', '\u00AD'],
  ['word joiner', '\u2060'],
  ['Hangul filler', '\u3164'],
  ['Braille blank', '\u2800'],
  ['variation selector', '\uFE0F'],
  ['tag characters', '\u{E0020}'],
  ['private use', '\uE000'],
  ['spaces in between', '\u200B \u00A0\u200B'],
])('a line of nothing but %s is refused', (_name, text) => {
  expect(line.safeParse(text).success).toBe(false)
})

test.each(['é', 'e\u0301', '§', '👨\u200D👩\u200D👧', 'می\u200Cخواهم', 'שלום', 'A', '-', '1', '❤\uFE0F'])(
  '%s is taken as it is',
  (text) => {
    expect(line.parse(text)).toBe(text)
    expect(paragraph.parse(text)).toBe(text)
  },
)

test('a paragraph may be empty and have several lines', () => {
  expect(paragraph.parse('')).toBe('')
  expect(paragraph.parse('a\n\tb')).toBe('a\n\tb')
})
