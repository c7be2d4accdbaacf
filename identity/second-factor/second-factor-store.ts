import { maybe, one, sql, type Db, type Tx } from '@platen/kit/sql'

export interface SecondFactorRow {
  /** Sealed with the context of `secretContext`; null when none was begun. */
  sealedSecret: string | null
  /** Null while the secret waits for its first code. */
  since: Date | null
  recoveryCodesLeft: number
}

export const secretContext = (accountId: string): string => `identity.accounts/${accountId}/totp`

export const readSecondFactor = (db: Db, accountId: string): Promise<SecondFactorRow> =>
  one(
    db,
    sql<SecondFactorRow>`SELECT sealed_totp_secret AS "sealedSecret", totp_since AS since,
        (SELECT count(*)::int FROM identity.recovery_codes r WHERE r.account_id = a.id AND used_at IS NULL) AS "recoveryCodesLeft"
      FROM identity.accounts a WHERE id = ${accountId}`,
  )

/** Keeps a secret that waits for its first code, instead of an earlier one; false when a second factor is on already. */
export async function beginSecondFactor(tx: Tx, accountId: string, sealedSecret: string): Promise<boolean> {
  const begun = await maybe(
    tx,
    sql`UPDATE identity.accounts SET sealed_totp_secret = ${sealedSecret}, totp_last_step = NULL, updated_at = now()
      WHERE id = ${accountId} AND totp_since IS NULL RETURNING id`,
  )
  return begun !== undefined
}

/** Turns it on; false when that secret no longer waits. */
export async function turnOnSecondFactor(
  tx: Tx,
  accountId: string,
  { sealedSecret, step }: { sealedSecret: string; step: number },
): Promise<boolean> {
  const on = await maybe(
    tx,
    sql`UPDATE identity.accounts SET totp_since = now(), totp_last_step = ${step}, updated_at = now()
      WHERE id = ${accountId} AND totp_since IS NULL AND sealed_totp_secret = ${sealedSecret} RETURNING id`,
  )
  return on !== undefined
}

export async function turnOffSecondFactor(tx: Tx, accountId: string): Promise<void> {
  await sql`DELETE FROM identity.recovery_codes WHERE account_id = ${accountId}`.execute(tx)
  await sql`UPDATE identity.accounts SET sealed_totp_secret = NULL, totp_since = NULL, totp_last_step = NULL, updated_at = now()
    WHERE id = ${accountId}`.execute(tx)
}

/** Spends a step; false when it, or a later one, was spent before. Of several at once one wins. */
export async function spendStep(tx: Tx, accountId: string, step: number): Promise<boolean> {
  const spent = await maybe(
    tx,
    sql`UPDATE identity.accounts SET totp_last_step = ${step}
      WHERE id = ${accountId} AND totp_since IS NOT NULL AND (totp_last_step IS NULL OR totp_last_step < ${step}) RETURNING id`,
  )
  return spent !== undefined
}

/** Spends a recovery code; false when there is none like it, or it was used. */
export async function spendRecoveryCode(tx: Tx, accountId: string, codeHash: Buffer): Promise<boolean> {
  const spent = await maybe(
    tx,
    sql`UPDATE identity.recovery_codes SET used_at = now()
      WHERE account_id = ${accountId} AND code_hash = ${codeHash} AND used_at IS NULL RETURNING account_id`,
  )
  return spent !== undefined
}

export async function replaceRecoveryCodes(tx: Tx, accountId: string, codeHashes: readonly Buffer[]): Promise<void> {
  await sql`DELETE FROM identity.recovery_codes WHERE account_id = ${accountId}`.execute(tx)
  await sql`INSERT INTO identity.recovery_codes (account_id, code_hash)
    SELECT ${accountId}, unnest(${codeHashes}::bytea[])`.execute(tx)
}
