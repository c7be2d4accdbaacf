/** RFC 4648: what authenticator apps read. */
export const standardAlphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Crockford's: without letters that look like digits, for codes that people type. */
export const typedAlphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** Five bits per character, without padding. The number of bytes is a multiple of five. */
export function base32(bytes: Buffer, alphabet = standardAlphabet): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return bits.replaceAll(/.{5}/g, (five) => alphabet.charAt(Number.parseInt(five, 2)))
}
