import { maybe, sql, type Db, type Tx } from '@platen/kit/sql'
import { hashToken, newToken } from './sessions.ts'

export interface IssuedTicket {
  token: string
  expiresAt: Date
}

/** A single-use way into an account, shown once; only its hash is kept. */
export async function issueTicket(
  tx: Tx,
  ticket: { accountId: string; tenantId: string; requestedBy: string; expiresInSeconds: number },
): Promise<IssuedTicket> {
  const token = newToken()
  const row = await maybe(
    tx,
    sql<{ expires_at: Date }>`INSERT INTO identity.tickets (token_hash, account_id, tenant_id, requested_by, expires_at)
      VALUES (${hashToken(token)}, ${ticket.accountId}, ${ticket.tenantId}, ${ticket.requestedBy},
        now() + make_interval(secs => ${ticket.expiresInSeconds})) RETURNING expires_at`,
  )
  if (row === undefined) throw new Error('the ticket was not stored')
  return { token, expiresAt: row.expires_at }
}

/** Marks a ticket used and tells whose it is; undefined when it is unknown, used or too old. One statement: exactly one caller wins. */
export const redeemTicket = (
  tx: Db,
  token: string,
): Promise<{ account_id: string; tenant_id: string; requested_by: string } | undefined> =>
  maybe(
    tx,
    sql<{ account_id: string; tenant_id: string; requested_by: string }>`UPDATE identity.tickets SET used_at = now()
      WHERE token_hash = ${hashToken(token)} AND used_at IS NULL AND expires_at > now()
      RETURNING account_id, tenant_id, requested_by`,
  )
