// Pseudonymising: the row stays, because others refer to it, and nothing in it says who it was. An account that is a user elsewhere
// lives on there; the erased user then gets an account of nobody, so that the two can no longer be linked.
import { newId } from '@platen/kit/ids'
import { maybe, sql, type Tx } from '@platen/kit/sql'
import type { User } from './user-store.ts'

/** No mail can be sent to it (RFC 2606). */
const addressOfNobody = (id: string): string => `${id}@erased.invalid`

export async function eraseUserRows(tx: Tx, tenantId: string, user: User): Promise<{ accountErased: boolean }> {
  await removeWaysIn(tx, tenantId, user)
  await forgetInvitations(tx, tenantId, user.email)
  const livesOn = await isUserElsewhere(tx, tenantId, user.accountId)
  const accountId = livesOn ? await makeAccountOfNobody(tx) : await eraseAccount(tx, user.accountId)
  await sql`UPDATE identity.users SET account_id = ${accountId}, email = ${addressOfNobody(user.id)}, name = '', state = 'erased',
      version = version + 1, updated_at = now()
    WHERE tenant_id = ${tenantId} AND id = ${user.id}`.execute(tx)
  return { accountErased: !livesOn }
}

async function removeWaysIn(tx: Tx, tenantId: string, { id, accountId }: User): Promise<void> {
  await sql`DELETE FROM identity.sessions WHERE tenant_id = ${tenantId} AND account_id = ${accountId}`.execute(tx)
  await sql`DELETE FROM identity.tickets WHERE tenant_id = ${tenantId} AND account_id = ${accountId}`.execute(tx)
  await sql`DELETE FROM identity.api_tokens WHERE tenant_id = ${tenantId} AND user_id = ${id}`.execute(tx)
  await sql`DELETE FROM identity.user_roles WHERE tenant_id = ${tenantId} AND user_id = ${id}`.execute(tx)
}

async function forgetInvitations(tx: Tx, tenantId: string, email: string): Promise<void> {
  await sql`DELETE FROM identity.invitations WHERE tenant_id = ${tenantId} AND email = ${email}`.execute(tx)
  await sql`UPDATE identity.invitations SET invited_by = '' WHERE tenant_id = ${tenantId} AND invited_by = ${email}`.execute(
    tx,
  )
}

/** Holds the account, so that nobody accepts an invitation with it while it is being erased. */
async function isUserElsewhere(tx: Tx, tenantId: string, accountId: string): Promise<boolean> {
  await sql`SELECT FROM identity.accounts WHERE id = ${accountId} FOR UPDATE`.execute(tx)
  // An account may see its users in every tenant; this transaction alone sees them with it.
  await sql`SELECT set_config('app.account', ${accountId}, true)`.execute(tx)
  const elsewhere = await maybe(
    tx,
    sql`SELECT FROM identity.users WHERE account_id = ${accountId} AND tenant_id <> ${tenantId} AND state <> 'erased' LIMIT 1`,
  )
  await sql`SELECT set_config('app.account', '', true)`.execute(tx)
  return elsewhere !== undefined
}

async function makeAccountOfNobody(tx: Tx): Promise<string> {
  const id = newId()
  await sql`INSERT INTO identity.accounts (id, email, name, state) VALUES (${id}, ${addressOfNobody(id)}, '', 'erased')`.execute(
    tx,
  )
  return id
}

async function eraseAccount(tx: Tx, id: string): Promise<string> {
  await sql`DELETE FROM identity.sessions WHERE account_id = ${id}`.execute(tx)
  await sql`DELETE FROM identity.tickets WHERE account_id = ${id}`.execute(tx)
  await sql`DELETE FROM identity.email_links WHERE account_id = ${id}`.execute(tx)
  await sql`DELETE FROM identity.recovery_codes WHERE account_id = ${id}`.execute(tx)
  await sql`UPDATE identity.accounts SET email = ${addressOfNobody(id)}, name = '', password_hash = NULL, operator = false,
      state = 'erased', verified_at = NULL, locale = NULL, totp_since = NULL, sealed_totp_secret = NULL, totp_last_step = NULL,
      updated_at = now() WHERE id = ${id}`.execute(tx)
  return id
}
