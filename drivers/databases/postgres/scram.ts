import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'
import type { Secret } from '@platen/kit/secrets'

const deriveKey = promisify(pbkdf2)
/** PostgreSQL's own default. Our passwords are 256 random bits: iterations protect weak passwords, and cost each login. */
const iterations = 4_096

/**
 * What PostgreSQL stores for a password (RFC 5803), computed here so that the password itself never travels, is never
 * logged by the server and never shows in pg_stat_activity. The password must be ASCII (no SASLprep).
 */
export async function scramVerifier(password: Secret, salt = randomBytes(16)): Promise<string> {
  const salted = await deriveKey(password.expose(), salt, iterations, 32, 'sha256')
  const clientKey = createHmac('sha256', salted).update('Client Key').digest()
  const storedKey = createHash('sha256').update(clientKey).digest('base64')
  const serverKey = createHmac('sha256', salted).update('Server Key').digest('base64')
  return `SCRAM-SHA-256$${iterations}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
