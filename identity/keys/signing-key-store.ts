import { Secret, type Vault } from '@platen/kit/secrets'
import { maybe, one, rows, sql, type Db, type Tx } from '@platen/kit/sql'
import { takeNewKey, type NewKey, type PublicJwk } from './new-key.ts'

export interface KeyRow {
  kid: string
  publicJwk: PublicJwk
  sealedPrivateKey: string
}

/** How keys follow each other. */
export interface KeyTiming {
  /** Every process reads the keys at most this often. */
  readEveryMs: number
  /** A new key is published this long before it signs: by then every process has read it. */
  leadSeconds: number
  /** A key that has a successor goes on verifying this long: until the last token that it signed is over. */
  overlapSeconds: number
}

/** A key signs for 90 days. */
const lifetimeDays = 90
/** A key that nobody needs any more is kept a day, for those who look into what happened; then its private half is gone as well. */
const keptDays = 1

const columns = sql`kid, public_jwk AS "publicJwk", sealed_private_key AS "sealedPrivateKey"`

/** Keys that verify now. The first one signs: the newest that has been published for long enough, else the oldest there is. */
export const readKeys = (db: Db, { leadSeconds, overlapSeconds }: KeyTiming): Promise<KeyRow[]> =>
  rows(
    db,
    sql<KeyRow>`SELECT ${columns} FROM (
        SELECT *, created_at <= now() - make_interval(secs => ${leadSeconds}) AS may_sign FROM identity.signing_keys
        WHERE retired_at IS NULL OR retired_at > now() - make_interval(secs => ${overlapSeconds})) k
      ORDER BY may_sign DESC, CASE WHEN may_sign THEN created_at END DESC, created_at`,
  )

/** Makes the first key. Another process may do so at the same moment: one row wins, and both use that one. */
export async function makeFirstKey(db: Db, vault: Vault): Promise<void> {
  await insertKey(db, vault, await takeNewKey())
}

const isOld = sql`retired_at IS NULL AND created_at < now() - make_interval(days => ${lifetimeDays})`

/** True when the key that signs has done so for 90 days. */
export const isReplacementDue = async (db: Db): Promise<boolean> =>
  (await maybe(db, sql`SELECT FROM identity.signing_keys WHERE ${isOld}`)) !== undefined

/** Gives the present key a successor; false when it is not due, or somebody else did it meanwhile. */
export async function replaceKey(
  tx: Tx,
  vault: Vault,
  successor: NewKey,
  { whenDue }: { whenDue: boolean },
): Promise<boolean> {
  const retired = await maybe(
    tx,
    sql`UPDATE identity.signing_keys SET retired_at = now() WHERE ${whenDue ? isOld : sql`retired_at IS NULL`} RETURNING kid`,
  )
  if (retired === undefined && whenDue) return false
  await sql`DELETE FROM identity.signing_keys WHERE retired_at < now() - make_interval(days => ${keptDays})`.execute(tx)
  return insertKey(tx, vault, successor)
}

/** Of the key that has no successor. */
export const presentKid = async (tx: Tx): Promise<string> =>
  (await one(tx, sql<{ kid: string }>`SELECT kid FROM identity.signing_keys WHERE retired_at IS NULL`)).kid

export const sealContext = (kid: string): string => `identity.signing_keys/${kid}`

/** Its age counts from now and not from the beginning of the transaction: the others see it after the commit only. */
async function insertKey(db: Db, vault: Vault, { kid, publicJwk, privateJwk }: NewKey): Promise<boolean> {
  const sealed = vault.seal(new Secret(JSON.stringify(privateJwk)), sealContext(kid))
  const inserted = await maybe(
    db,
    sql`INSERT INTO identity.signing_keys (kid, public_jwk, sealed_private_key, created_at)
      VALUES (${kid}, ${JSON.stringify(publicJwk)}::jsonb, ${sealed}, clock_timestamp()) ON CONFLICT DO NOTHING RETURNING kid`,
  )
  return inserted !== undefined
}
