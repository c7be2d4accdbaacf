import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ProblemError } from '../problems/index.ts'
import { parseStrictJson } from './strict-json.ts'

const parse = (text: string | Buffer): unknown => parseStrictJson(Buffer.from(text as string), 8)

describe('strict JSON', () => {
  test('reads what JSON.parse reads when nothing about it is doubtful', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        let outcome: unknown
        try {
          outcome = parse(text)
        } catch (error) {
          // The generator also makes __proto__ keys, NULs and lone surrogates; those are refused, with a problem.
          expect(error).toBeInstanceOf(ProblemError)
          return
        }
        expect(outcome).toEqual(JSON.parse(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test('answers every text with a value or a problem, never with another error', () => {
    const pieces = fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\u0000', '\\ud800', '"a"', '"__proto__"', '1e999', '-0', 'NaN', 'true', ' ', '\n', '\ufeff', 'é') // prettier-ignore
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        try {
          parse(parts.join(''))
        } catch (error) {
          expect(error).toBeInstanceOf(ProblemError)
        }
      }),
      { numRuns: 20_000 },
    )
  })

  test('takes an empty body as no body', () => {
    expect(parse('')).toBeUndefined()
  })

  test.each([
    ['a key twice', '{"a":1,"a":2}', 'appears twice'],
    ['a key twice in disguise', '{"a":1,"\\u0061":2}', 'appears twice'],
    ['a key twice further down', '{"x":[{"b":{},"c":[1,{"d":1}],"b":1}]}', 'appears twice'],
    ['__proto__', '{"__proto__":{"admin":true}}', 'not accepted'],
    ['__proto__ in disguise', '{"a":{"__pro\\u0074o__":1}}', 'not accepted'],
    ['constructor.prototype', '{"constructor":{"prototype":{"admin":true}}}', 'not accepted'],
    ['U+0000', '{"name":"a\\u0000b"}', 'U+0000'],
    ['a lone surrogate', '["\\ud83d"]', 'surrogate'],
    ['too much depth', '['.repeat(9) + ']'.repeat(9), 'deeper than 8'],
    ['very much depth', '['.repeat(500_000) + ']'.repeat(500_000), 'deeper than 8'],
    ['an end that is missing', '{"a":', 'ends too early'],
    ['a comma too many', '{"a":1,}', 'position 7'],
    ['NaN', '{"a":NaN}', 'not JSON'],
    ['a byte order mark', '\ufeff{}', 'not JSON'],
  ])('refuses %s', (_what, text, detail) => {
    expect(() => parse(text)).toThrow(detail)
  })

  test('refuses bytes that are not UTF-8', () => {
    expect(() => parse(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8')
  })

  test('accepts the same key in different objects, the word as a value, and eight levels', () => {
    expect(parse('[{"a":1},{"a":{"a":"__proto__"}}]')).toEqual([{ a: 1 }, { a: { a: '__proto__' } }])
    expect(() => parse('['.repeat(8) + ']'.repeat(8))).not.toThrow()
    expect(parse('"\\ud83d\\ude00"')).toBe('😀')
  })

  test('takes less than a second for a megabyte of the worst', () => {
    const startedMs = performance.now()
    parse(`[${Array.from({ length: 50_000 }, (_, index) => `{"\\u0061${index}":"\\\\\\""}`).join(',')}]`)
    expect(performance.now() - startedMs).toBeLessThan(1_000)
  })
})
