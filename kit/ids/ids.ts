import { randomBytes } from 'node:crypto'

const ID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const CROCKFORD = '0123456789abcdefghjkmnpqrstvwxyz'

let lastTimeMs = 0
let counter = 0

/**
 * A UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then a 12 bit counter, then 62 random bits. Ids made by one process
 * sort in the order they were made, also within one millisecond and when the clock steps back (method 1 of section 6.2).
 */
export function newId(): string {
  const bytes = randomBytes(16)
  const nowMs = Date.now()
  if (nowMs > lastTimeMs) {
    lastTimeMs = nowMs
    // Half of the counter's room is left to count up before the next millisecond.
    counter = bytes.readUInt16BE(6) & 0x7ff
  } else {
    counter += 1
    if (counter > 0xfff) {
      lastTimeMs += 1
      counter = 0
    }
  }
  bytes.writeUIntBE(lastTimeMs, 0, 6)
  bytes.writeUInt16BE(0x7000 | counter, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  return format(bytes.toString('hex'))
}

/** True for a lower-case, hyphenated UUID of any version: the only form in which ids enter and leave the platform. */
export function isId(text: string): boolean {
  return ID_PATTERN.test(text)
}

/**
 * The 128 bits of an id as 26 characters of lower-case Crockford base32: safe in database, role and file names, tells nothing about
 * the customer, and sorts like the id. Throws a RangeError if `id` is not an id.
 */
export function opaqueName(id: string): string {
  if (!isId(id)) throw new RangeError(`"${id}" is not an id, so no opaque name can be made of it`)
  let value = BigInt(`0x${id.replaceAll('-', '')}`)
  let name = ''
  for (let index = 0; index < 26; index += 1) {
    name = CROCKFORD.charAt(Number(value & 31n)) + name
    value >>= 5n
  }
  return name
}

function format(hex: string): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
