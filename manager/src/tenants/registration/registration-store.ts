import { maybe, one, sql, type Tx } from '@platen/kit/sql'

/** What a stranger asked for, until the link of the mail comes back. */
export interface Registration {
  id: string
  email: string
  name: string
  tenantName: string
  passwordHash: string
  locale: string | null
}

/** How long the link of the mail works. */
export const registrationHours = 24

export async function insertRegistration(
  tx: Tx,
  { id, email, name, tenantName, passwordHash, locale }: Registration,
  token: { hash: Buffer; sealed: string },
): Promise<void> {
  await sql`INSERT INTO manager.registrations
      (id, email, name, tenant_name, password_hash, locale, token_hash, sealed_token, expires_at)
    VALUES (${id}, ${email}, ${name}, ${tenantName}, ${passwordHash}, ${locale}, ${token.hash}, ${token.sealed},
      now() + make_interval(hours => ${registrationHours}))`.execute(tx)
}

interface TakenRow {
  id: string
  email: string
  name: string
  tenant_name: string
  password_hash: string
  locale: string | null
}

/** Takes a registration by the hash of its token, with every other one of the same address. One statement: exactly one caller gets it. */
export async function takeRegistration(tx: Tx, tokenHash: Buffer): Promise<Registration | undefined> {
  const row = await maybe(
    tx,
    sql<TakenRow>`DELETE FROM manager.registrations WHERE token_hash = ${tokenHash} AND expires_at > now()
      RETURNING id, email, name, tenant_name, password_hash, locale`,
  )
  if (row === undefined) return undefined
  const { id, email, name, tenant_name: tenantName, password_hash: passwordHash, locale } = row
  await sql`DELETE FROM manager.registrations WHERE email = ${email}`.execute(tx)
  return { id, email, name, tenantName, passwordHash, locale }
}

export interface UnsentRegistration {
  email: string
  locale: string | null
  sealed_token: string
  /** Of the same address within the last hour, before this one. */
  earlier: number
  /** The address has an account already. */
  known: boolean
}

/** What the mail is written from; undefined when it has left or is too old. */
export const findUnsent = (tx: Tx, id: string): Promise<UnsentRegistration | undefined> =>
  maybe(
    tx,
    sql<UnsentRegistration>`SELECT r.email, r.locale, r.sealed_token,
        (SELECT count(*)::int FROM manager.registrations o
          WHERE o.email = r.email AND o.id < r.id AND o.created_at > now() - interval '1 hour') AS earlier,
        EXISTS (SELECT FROM identity.accounts a WHERE a.email = r.email) AS known
      FROM manager.registrations r WHERE r.id = ${id} AND r.sealed_token IS NOT NULL AND r.expires_at > now()`,
  )

/** The mail has left: nobody but who reads it has the token from now on. */
export async function noteSent(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.registrations SET sealed_token = NULL WHERE id = ${id}`.execute(tx)
}

/** Its link must never work: the address has an account. The row stays for an hour, so that mails to one address stay few. */
export async function closeRegistration(tx: Tx, id: string): Promise<void> {
  await sql`UPDATE manager.registrations SET sealed_token = NULL, password_hash = '', expires_at = created_at
    WHERE id = ${id}`.execute(tx)
}

/** Removes those that nobody came back for. */
export async function forgetExpired(tx: Tx): Promise<number> {
  const { count } = await one(
    tx,
    sql<{ count: number }>`WITH gone AS (
        DELETE FROM manager.registrations WHERE expires_at < now() AND created_at < now() - interval '1 hour' RETURNING id)
      SELECT count(*)::int AS count FROM gone`,
  )
  return count
}
