import { rows, sql, type Db, type Tx } from '@platen/kit/sql'
import type { SecondFactorKind, SessionMethod } from '../sessions.ts'

/** A session as its owner sees it. */
export interface OwnSession {
  id: string
  method: SessionMethod
  secondFactor: SecondFactorKind | null
  createdAt: Date
  lastUsedAt: Date
  expiresAt: Date
  ip: string | null
  userAgent: string | null
}

export interface SessionPage {
  /** The last id of the page before. */
  beforeId: string | undefined
  limit: number
}

/** Sessions that are not over, newest first: ids grow with time. */
export const listSessions = (db: Db, accountId: string, { beforeId, limit }: SessionPage): Promise<OwnSession[]> =>
  rows(
    db,
    sql<OwnSession>`SELECT id, method, second_factor AS "secondFactor", created_at AS "createdAt", last_used_at AS "lastUsedAt",
        expires_at AS "expiresAt", ip, user_agent AS "userAgent"
      FROM identity.sessions
      WHERE account_id = ${accountId} AND revoked_at IS NULL AND expires_at > now()
        AND (${beforeId ?? null}::uuid IS NULL OR id < ${beforeId ?? null}::uuid)
      ORDER BY id DESC LIMIT ${limit}`,
  )

/** The id, if that session was the account's and not over. */
export const endOneSession = (tx: Tx, accountId: string, sessionId: string): Promise<string[]> =>
  end(tx, sql`account_id = ${accountId} AND id = ${sessionId}`, 'ended by its owner')

export const endOtherSessions = (tx: Tx, accountId: string, keepSessionId: string): Promise<string[]> =>
  end(tx, sql`account_id = ${accountId} AND id <> ${keepSessionId}`, 'ended by its owner with all others')

async function end(tx: Tx, which: ReturnType<typeof sql>, because: string): Promise<string[]> {
  const ended = await rows(
    tx,
    sql<{ id: string }>`UPDATE identity.sessions SET revoked_at = now(), revoked_because = ${because}
      WHERE ${which} AND revoked_at IS NULL AND expires_at > now() RETURNING id`,
  )
  return ended.map(({ id }) => id)
}
