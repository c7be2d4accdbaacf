// RFC 4226 and 6238 are one HMAC and a few lines, all of node:crypto. A library (otplib 13 brings eight packages) would save none of what
// is delicate here: which step a code belongs to, that a step is spent once, and how many tries there are.
import { createHmac, timingSafeEqual } from 'node:crypto'
import { base32 } from './base32.ts'

const stepSeconds = 30
const digits = 6
/** Steps either way that are accepted as well: clocks differ, and typing takes time (RFC 6238 section 5.2). */
const tolerance = 1

/** RFC 4226 section 5.3. */
export function hotp(key: Buffer, counter: number): string {
  const message = Buffer.alloc(8)
  message.writeBigUInt64BE(BigInt(counter))
  const mac = createHmac('sha1', key).update(message).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  const number = (mac.readUInt32BE(offset) & 0x7fff_ffff) % 10 ** digits
  return String(number).padStart(digits, '0')
}

/** Which 30 seconds since 1970 a moment is in. */
export const stepAt = (nowMs: number): number => Math.floor(nowMs / 1000 / stepSeconds)

/** The step whose code this is, or undefined. Every step is compared, so the time tells nothing. */
export function matchingStep(key: Buffer, code: string, nowMs: number): number | undefined {
  const given = Buffer.from(code)
  const present = stepAt(nowMs)
  let found: number | undefined
  for (let step = present - tolerance; step <= present + tolerance; step += 1) {
    const expected = Buffer.from(hotp(key, step))
    if (given.length === expected.length && timingSafeEqual(given, expected)) found = step
  }
  return found
}

/** What authenticator apps read from a QR code. */
export function otpauthUrl(key: Buffer, { place, email }: { place: string; email: string }): string {
  const label = `${encodeURIComponent(place)}:${encodeURIComponent(email)}`
  const issuer = encodeURIComponent(place)
  return `otpauth://totp/${label}?secret=${base32(key)}&issuer=${issuer}&algorithm=SHA1&digits=${digits}&period=${stepSeconds}`
}
