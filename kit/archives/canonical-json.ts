/**
 * One text per value, after RFC 8785: keys sorted by UTF-16 code units, no blanks, numbers and strings as JSON.stringify
 * writes them. So that equal content has equal bytes, hash and signature.
 * @throws TypeError for what JSON cannot carry faithfully: undefined, NaN, bigint, dates and other classes, lone surrogates.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return text(value)
  if (typeof value === 'number') return number(value)
  if (Array.isArray(value)) return `[${Array.from(value, canonicalJson).join(',')}]`
  if (isPlainObject(value)) {
    const members = Object.keys(value)
      .toSorted(byCodeUnits)
      .map((key) => `${memberName(key)}:${canonicalJson(value[key])}`)
    return `{${members.join(',')}}`
  }
  throw new TypeError(`canonical JSON cannot hold ${typeof value === 'object' ? 'this class' : typeof value}`)
}

function number(value: number): string {
  if (!Number.isFinite(value)) throw new TypeError(`canonical JSON cannot hold ${value}`)
  return JSON.stringify(value)
}

// Objects take it for their prototype: a reader could lose a member that the text shows.
function memberName(name: string): string {
  if (name === '__proto__') throw new TypeError('canonical JSON cannot hold a member named __proto__')
  return text(name)
}

function text(value: string): string {
  if (!value.isWellFormed()) throw new TypeError('canonical JSON cannot hold half a character')
  return JSON.stringify(value)
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : 1
}
