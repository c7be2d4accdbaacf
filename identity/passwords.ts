import { hash, verify } from '@node-rs/argon2'
import { isCommonPassword } from './common-passwords.ts'
import { throughHashingGate } from './hashing-gate.ts'
import { identityProblems } from './problems.ts'

/** NIST SP 800-63B-4 section 3.1.1.2: at least 15 characters when the password is the only factor, at least 64 accepted. */
export const minimumPasswordLength = 15
const maximumPasswordLength = 512

/** OWASP password storage: argon2id, 19 MiB, two passes, one lane. About 50 ms on one core. Argon2id is the library's default algorithm. */
const parameters = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Passwords are compared in Unicode NFC, so that the same keys give the same password on every system. */
const normalise = (password: string): string => password.normalize('NFC')

/**
 * Why a password may not be used, or undefined. No composition rules and no expiry (NIST SP 800-63B-4).
 * `context` holds what an attacker would try first: e-mail, name, host.
 */
export function passwordObjection(password: string, context: readonly string[]): string | undefined {
  const text = normalise(password)
  const length = Array.from(text).length
  if (length < minimumPasswordLength)
    return `It has ${length} characters; at least ${minimumPasswordLength} are needed.`
  if (length > maximumPasswordLength) return `It is longer than ${maximumPasswordLength} characters.`
  if (new Set(text).size < 5) return 'It repeats the same few characters.'
  if (isCommonPassword(text.toLowerCase())) return 'It is on the list of passwords that attackers try first.'
  const lower = text.toLowerCase()
  const known = context.map((word) => word.toLowerCase()).find((word) => word.length >= 4 && lower === word)
  return known === undefined ? undefined : 'It is your e-mail address, your name or this address.'
}

/**
 * The argon2id hash to store. Throws `password-unsuitable` (422) for a password that may not be used, `sign-in-busy` (503).
 * @param pointer JSON pointer of the field that the problem names.
 */
export async function hashPassword(
  password: string,
  context: readonly string[],
  pointer = '/password',
): Promise<string> {
  const objection = passwordObjection(password, context)
  if (objection !== undefined) {
    throw identityProblems.problem('password-unsuitable', objection, {
      errors: [{ pointer, message: objection }],
    })
  }
  return rehashPassword(password)
}

/** True for a hash that was made with other parameters than those of today. */
export const needsRehash = (stored: string): boolean => !stored.startsWith(currentHead)
const { memoryCost, timeCost, parallelism } = parameters
const currentHead = `$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`

/** A new hash of a password that is in use: the rules of today do not apply to it. */
export const rehashPassword = (password: string): Promise<string> =>
  throughHashingGate(() => hash(normalise(password), parameters))

let dummyHash: Promise<string> | undefined

/**
 * Compares a password with a stored hash. Without a hash it spends the same time on a dummy and answers false,
 * so that an unknown account cannot be told from a wrong password. Throws `sign-in-busy` (503).
 */
export async function verifyPassword(stored: string | null | undefined, password: string): Promise<boolean> {
  dummyHash ??= hash('a password that nobody has', parameters)
  // Awaited in both cases, so that the first call of a process does not tell them apart either.
  const dummy = await dummyHash
  const against = stored ?? dummy
  const matches = await throughHashingGate(() => verify(against, normalise(password)).catch(() => false))
  return matches && stored != null
}
