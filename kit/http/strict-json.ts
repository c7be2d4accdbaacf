/**
 * JSON as two parsers could not disagree about it. Beyond the grammar, refused: bytes that are not UTF-8, nesting deeper than the
 * cap (everything behind us recurses), a key twice in one object (proxies, audit and we would see different values), the key
 * `__proto__` and `constructor.prototype`, and text that PostgreSQL cannot store (U+0000) or would alter (lone surrogates).
 */
import { kitProblems } from '../problems/index.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** @throws ProblemError malformed-request. An empty body is `undefined`: routes with an optional body accept it. */
export function parseStrictJson(body: Buffer, deepest: number): unknown {
  const text = decode(body)
  if (text === '') return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw refused(`The body is not JSON: ${explain(cause)}`, cause)
  }
  // The text is known to be well-formed from here on, which keeps the scanner small.
  if (typeof value === 'object' || typeof value === 'string') scan(text, deepest)
  return value
}

function decode(body: Buffer): string {
  try {
    return utf8.decode(body)
  } catch (cause) {
    throw refused('The body is not UTF-8.', cause)
  }
}

interface Level {
  /** Keys met so far; absent in an array. */
  readonly keys?: Set<string>
  expectsKey: boolean
}

function scan(text: string, deepest: number): void {
  const levels: Level[] = []
  for (let at = 0; at < text.length; at++) {
    const level = levels.at(-1)
    switch (text.charAt(at)) {
      case '{':
        levels.push({ keys: new Set(), expectsKey: true })
        break
      case '[':
        levels.push({ expectsKey: false })
        break
      case '}':
      case ']':
        levels.pop()
        break
      case ',':
        if (level?.keys !== undefined) level.expectsKey = true
        break
      case '"': {
        const end = endOfString(text, at)
        checkString(text.slice(at, end + 1), level, levels)
        at = end
        break
      }
      default:
    }
    if (levels.length > deepest) throw refused(`The body is nested deeper than ${deepest} levels.`)
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1
  while (text.charAt(at) !== '"') at += text.charAt(at) === '\\' ? 2 : 1
  return at
}

function checkString(token: string, level: Level | undefined, levels: readonly Level[]): void {
  // JSON.parse gives a string for a string token; only tokens with escapes can differ from their text.
  const value = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1)
  if (value.includes('\0')) throw refused('The body contains the character U+0000, which cannot be stored.')
  if (!value.isWellFormed()) throw refused('The body contains half of a surrogate pair, which is not a character.')
  if (level?.keys === undefined || !level.expectsKey) return
  level.expectsKey = false
  if (level.keys.has(value))
    throw refused(`The key ${JSON.stringify(value.slice(0, 100))} appears twice in one object.`)
  level.keys.add(value)
  const holdsPrototype = value === 'prototype' && levels.at(-2)?.keys?.has('constructor') === true
  if (value === '__proto__' || holdsPrototype) throw refused(`The key ${JSON.stringify(value)} is not accepted.`)
}

function explain(cause: unknown): string {
  const message = cause instanceof Error ? cause.message : 'unreadable'
  // V8 quotes the body in its message; only where it stopped is useful, and safe to repeat.
  return (
    /position \d+/.exec(message)?.[0] ??
    (message.startsWith('Unexpected end') ? 'it ends too early' : 'unexpected character')
  )
}

function refused(detail: string, cause?: unknown) {
  return kitProblems.problem('malformed-request', detail, cause === undefined ? {} : { cause })
}
