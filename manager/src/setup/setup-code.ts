import { createHash, randomInt } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { replaceFile } from '@platen/drivers/snapshots'
import { inTransaction, maybe, sql, type Db, type Tx } from '@platen/kit/sql'

/** Reference paas.md S1: the code is valid for a short time; while nobody has claimed the platform a new one follows. */
const validMinutes = 60

/** Letters and digits that cannot be taken for one another. Four groups of five: 98 bits. */
const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789'
const groups = 4
const groupLength = 5

/** A code that is easy to type: `k7m2p-x9w4f-...`. */
export function newSetupCode(): string {
  const letter = (): string => alphabet.charAt(randomInt(alphabet.length))
  return Array.from({ length: groups }, () => Array.from({ length: groupLength }, letter).join('')).join('-')
}

/** Spaces, capitals and missing hyphens do not matter. */
export const hashSetupCode = (code: string): Buffer =>
  createHash('sha256')
    .update(code.toLowerCase().replace(/[^a-z0-9]/g, ''))
    .digest()

export async function isClaimed(db: Db): Promise<boolean> {
  const row = await maybe(db, sql<{ claimed_at: Date | null }>`SELECT claimed_at FROM manager.claims`)
  return row?.claimed_at != null
}

/**
 * While the platform is unclaimed, keeps a valid code in the file (0600). Called at start and from time to time, by every
 * process: the lock makes file and row agree. Answers whether a code is waiting.
 */
export async function ensureSetupCode(db: Db, file: string): Promise<boolean> {
  const isWaiting = await inTransaction(db, async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('platen.setup-code', 0))`.execute(tx)
    const state = await maybe(
      tx,
      sql<{ claimed: boolean; fresh: boolean; code_hash: Buffer }>`SELECT claimed_at IS NOT NULL AS claimed,
        expires_at > now() + interval '1 minute' AS fresh, code_hash FROM manager.claims`,
    )
    if (state?.claimed === true) return false
    if (state?.fresh === true && (await holdsCode(file, state.code_hash))) return true
    await storeNewCode(tx, file)
    return true
  })
  if (!isWaiting) await rm(file, { force: true })
  return isWaiting
}

/** A code that is valid but written nowhere would lock the owner out for an hour. */
async function holdsCode(file: string, codeHash: Buffer): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text !== undefined && hashSetupCode(text).equals(codeHash)
}

async function storeNewCode(tx: Tx, file: string): Promise<void> {
  const code = newSetupCode()
  await replaceFile(file, `${code}\n`, 0o600)
  await sql`INSERT INTO manager.claims (code_hash, expires_at)
    VALUES (${hashSetupCode(code)}, now() + make_interval(mins => ${validMinutes}))
    ON CONFLICT (single) DO UPDATE SET code_hash = EXCLUDED.code_hash, expires_at = EXCLUDED.expires_at
    WHERE manager.claims.claimed_at IS NULL`.execute(tx)
}

/** Spends the code. One statement on one row: of any number of simultaneous claims exactly one gets true. */
export async function spendSetupCode(tx: Tx, code: string, accountId: string): Promise<boolean> {
  const row = await maybe(
    tx,
    sql<{ single: boolean }>`UPDATE manager.claims SET claimed_at = now(), claimed_by = ${accountId}
      WHERE claimed_at IS NULL AND expires_at > now() AND code_hash = ${hashSetupCode(code)} RETURNING single`,
  )
  return row !== undefined
}
