import { createHash, randomBytes } from 'node:crypto'
import { newId } from '@platen/kit/ids'
import { maybe, sql, type Db, type Tx } from '@platen/kit/sql'

/** Decision 9: a refresh token lives 7 days and is used once. */
export const refreshTokenSeconds = 7 * 24 * 3600
/** However often it is prolonged, a session ends after 30 days (NIST SP 800-63B-4 section 2.1.3). */
const longestSessionSeconds = 30 * 24 * 3600
/** Two tabs may use the same refresh token at once; later use of a spent one means it was stolen (RFC 9700 section 4.14). */
const reuseGraceSeconds = 10

export type SessionMethod = 'password' | 'ticket' | 'setup'
/** What was given beside the password. */
export type SecondFactorKind = 'totp' | 'recovery-code'

export interface Visitor {
  ip: string | null
  userAgent: string | null
  requestId: string | null
}

export interface SessionRow {
  id: string
  account_id: string
  tenant_id: string
  email: string
}

export const hashToken = (token: string): Buffer => createHash('sha256').update(token).digest()
export const newToken = (): string => randomBytes(32).toString('base64url')

/** Starts a session with its first refresh token. */
export async function openSession(
  tx: Tx,
  session: {
    accountId: string
    tenantId: string
    method: SessionMethod
    secondFactor?: SecondFactorKind | undefined
    visitor: Visitor
  },
): Promise<{ sessionId: string; refreshToken: string }> {
  const sessionId = newId()
  const refreshToken = newToken()
  const userAgent = session.visitor.userAgent?.slice(0, 300) ?? null
  await sql`WITH opened AS (
      INSERT INTO identity.sessions (id, account_id, tenant_id, method, second_factor, expires_at, ip, user_agent)
      VALUES (${sessionId}, ${session.accountId}, ${session.tenantId}, ${session.method}, ${session.secondFactor ?? null},
        now() + make_interval(secs => ${refreshTokenSeconds}), ${session.visitor.ip}, ${userAgent})
      RETURNING id)
    INSERT INTO identity.refresh_tokens (token_hash, session_id) SELECT ${hashToken(refreshToken)}, id FROM opened`.execute(
    tx,
  )
  return { sessionId, refreshToken }
}

export type Rotation =
  | { outcome: 'rotated'; session: SessionRow; refreshToken: string }
  | { outcome: 'ended' }
  | { outcome: 'reused'; session: SessionRow }

/** Exchanges a refresh token for its successor. Reuse of a spent one after the grace revokes the whole family. */
export async function rotateRefreshToken(tx: Tx, token: string): Promise<Rotation> {
  const row = await maybe(
    tx,
    sql<SessionRow & { live: boolean; spent: boolean }>`
      SELECT s.id, s.account_id, s.tenant_id, a.email,
        (s.revoked_at IS NULL AND s.expires_at > now()
          AND t.issued_at > now() - make_interval(secs => ${refreshTokenSeconds})) AS live,
        COALESCE(t.used_at < now() - make_interval(secs => ${reuseGraceSeconds}), false) AS spent
      FROM identity.refresh_tokens t
      JOIN identity.sessions s ON s.id = t.session_id
      JOIN identity.accounts a ON a.id = s.account_id
      WHERE t.token_hash = ${hashToken(token)} FOR UPDATE OF t, s`,
  )
  if (row === undefined || !row.live) return { outcome: 'ended' }
  if (row.spent) {
    await revokeSession(tx, row.id, 'a spent refresh token was used again')
    return { outcome: 'reused', session: row }
  }
  const refreshToken = newToken()
  await sql`WITH spent AS (
      UPDATE identity.refresh_tokens SET used_at = COALESCE(used_at, now()) WHERE token_hash = ${hashToken(token)}),
    prolonged AS (
      UPDATE identity.sessions SET last_used_at = now(),
        expires_at = LEAST(now() + make_interval(secs => ${refreshTokenSeconds}), created_at + make_interval(secs => ${longestSessionSeconds}))
      WHERE id = ${row.id})
    INSERT INTO identity.refresh_tokens (token_hash, session_id) VALUES (${hashToken(refreshToken)}, ${row.id})`.execute(
    tx,
  )
  return { outcome: 'rotated', session: row, refreshToken }
}

/** The session a refresh token belongs to, whether or not the token was spent. */
export const findSessionByToken = (db: Db, token: string): Promise<SessionRow | undefined> =>
  maybe(
    db,
    sql<SessionRow>`SELECT s.id, s.account_id, s.tenant_id, a.email FROM identity.refresh_tokens t
      JOIN identity.sessions s ON s.id = t.session_id
      JOIN identity.accounts a ON a.id = s.account_id
      WHERE t.token_hash = ${hashToken(token)} AND s.revoked_at IS NULL`,
  )

/** Ends a session; false when it was over already. */
export async function revokeSession(tx: Tx, sessionId: string, because: string): Promise<boolean> {
  const revoked = await maybe(
    tx,
    sql`UPDATE identity.sessions SET revoked_at = now(), revoked_because = ${because}
      WHERE id = ${sessionId} AND revoked_at IS NULL RETURNING id`,
  )
  return revoked !== undefined
}

/** Ends every session of an account (after a reset of its password). */
export async function revokeAllSessions(tx: Tx, accountId: string, because: string): Promise<void> {
  await sql`UPDATE identity.sessions SET revoked_at = now(), revoked_because = ${because}
    WHERE account_id = ${accountId} AND revoked_at IS NULL`.execute(tx)
}

/** Ends every session of an account but one (after a change of password). */
export async function revokeOtherSessions(
  tx: Tx,
  accountId: string,
  keepSessionId: string,
  because: string,
): Promise<void> {
  await sql`UPDATE identity.sessions SET revoked_at = now(), revoked_because = ${because}
    WHERE account_id = ${accountId} AND id <> ${keepSessionId} AND revoked_at IS NULL`.execute(tx)
}
