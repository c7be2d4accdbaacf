/** Schemas that read the text of an environment variable. Their messages continue "PLATEN_X is wrong: ...". */
import { isIP } from 'node:net'
import { z } from 'zod'

/** TCP port, 1 to 65535. */
export function port() {
  return wholeNumber(1, 65_535, 'must be a port number from 1 to 65535')
}

/** Whole number within bounds, decimal digits only: no sign, exponent, hexadecimal or blanks. */
export function wholeNumber(
  minimum: number,
  maximum: number,
  message = `must be a whole number from ${minimum} to ${maximum}`,
) {
  return z
    .string()
    .regex(/^[0-9]{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, message)
}

/** `true|false|1|0|yes|no|on|off`, any case. */
export function flag() {
  return z.stringbool({
    truthy: ['true', '1', 'yes', 'on'],
    falsy: ['false', '0', 'no', 'off'],
    error: 'must be true or false',
  })
}

/** One of the words. */
export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

/** An IPv4 or IPv6 address without brackets; never a name, so that what is bound does not depend on a resolver. */
export function ipAddress() {
  return z.string().refine((text) => isIP(text) !== 0, 'must be an IP address such as 127.0.0.1 or 0.0.0.0')
}

/**
 * A DNS name of two or more lower-case labels, at most 200 characters so that a site label still fits in front. One label is refused:
 * clients reject a certificate for `*.label`.
 */
export function dnsName() {
  const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?'
  return z
    .string()
    .max(200, 'must have at most 200 characters')
    .regex(
      new RegExp(`^${label}(?:\\.${label})+$`),
      'must be a lower-case DNS name of two parts or more, such as platen.localhost',
    )
    .refine((name) => isIP(name) === 0, 'must be a name, not an IP address')
}
