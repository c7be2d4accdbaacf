import { newId } from '@platen/kit/ids'
import { Secret, type Vault } from '@platen/kit/secrets'
import { maybe, sql, type Db, type Tx } from '@platen/kit/sql'
import { linkContext } from '../mails/index.ts'
import { hashToken, newToken } from '../sessions.ts'

export type LinkPurpose = 'verify-address' | 'reset-password'

/** How long a link works. Who resets a password waits for the mail; who proves an address may sleep first. */
const lifetimeSeconds: Record<LinkPurpose, number> = { 'reset-password': 3600, 'verify-address': 24 * 3600 }

/** An account that a link leads into. */
export interface LinkAccount {
  id: string
  email: string
  name: string
  passwordHash: string | null
}

/** Makes a link; earlier ones of the purpose stop working. Its token is stored as a hash, and sealed until the mail has left. */
export async function makeLink(
  tx: Tx,
  vault: Vault,
  link: { accountId: string; email: string; purpose: LinkPurpose },
): Promise<string> {
  const id = newId()
  const token = newToken()
  const sealed = vault.seal(new Secret(token), linkContext('email_links', id))
  await dropLinks(tx, link)
  await sql`INSERT INTO identity.email_links (id, account_id, purpose, email, token_hash, sealed_token, expires_at)
    VALUES (${id}, ${link.accountId}, ${link.purpose}, ${link.email}, ${hashToken(token)}, ${sealed},
      now() + make_interval(secs => ${lifetimeSeconds[link.purpose]}))`.execute(tx)
  return id
}

/** Those of a purpose, used or not. */
export async function dropLinks(
  tx: Tx,
  { accountId, purpose }: { accountId: string; purpose: LinkPurpose },
): Promise<void> {
  await sql`DELETE FROM identity.email_links WHERE account_id = ${accountId} AND purpose = ${purpose}`.execute(tx)
}

const works = (purpose: LinkPurpose, token: string) => sql`l.token_hash = ${hashToken(token)} AND l.purpose = ${purpose}
  AND l.used_at IS NULL AND l.expires_at > now() AND l.account_id = a.id AND l.email = a.email AND a.state = 'active'`

const accountColumns = sql`a.id, a.email, a.name, a.password_hash AS "passwordHash"`

/** Whose a link is, without using it; undefined when it is unknown, used, too old, or its account has another address now. */
export const findByLink = (db: Db, purpose: LinkPurpose, token: string): Promise<LinkAccount | undefined> =>
  maybe(
    db,
    sql<LinkAccount>`SELECT ${accountColumns} FROM identity.email_links l, identity.accounts a WHERE ${works(purpose, token)}`,
  )

/** Uses a link up. One statement: of several at once one gets the account. */
export const useLink = (tx: Tx, purpose: LinkPurpose, token: string): Promise<LinkAccount | undefined> =>
  maybe(
    tx,
    sql<LinkAccount>`UPDATE identity.email_links l SET used_at = now(), sealed_token = NULL FROM identity.accounts a
      WHERE ${works(purpose, token)} RETURNING ${accountColumns}`,
  )
