import { maybe, one, rows, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { newId } from '@platen/kit/ids'

/** A token as its owner sees it again: without its secret. */
export interface ApiTokenRow {
  id: string
  name: string
  prefix: string
  scopes: string[]
  createdAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  lastUsedIp: string | null
}

/** Whose a token is, before anything about it was checked. */
export interface FoundToken {
  id: string
  tenantId: string
  tokenHash: Buffer
  /** It was used, but nobody wrote that down in the last minute. */
  isUseUnnoted: boolean
}

const columns = sql`id, name, prefix, scopes, created_at AS "createdAt", expires_at AS "expiresAt", last_used_at AS "lastUsedAt",
  last_used_ip AS "lastUsedIp"`

export const insertApiToken = (
  tx: Tx,
  token: {
    tenantId: string
    userId: string
    name: string
    prefix: string
    tokenHash: Buffer
    scopes: readonly string[]
    expiresInDays: number
  },
): Promise<ApiTokenRow> =>
  one(
    tx,
    sql<ApiTokenRow>`INSERT INTO identity.api_tokens (id, tenant_id, user_id, name, prefix, token_hash, scopes, expires_at)
      VALUES (${newId()}, ${token.tenantId}, ${token.userId}, ${token.name}, ${token.prefix}, ${token.tokenHash}, ${token.scopes}::text[],
        now() + make_interval(days => ${token.expiresInDays})) RETURNING ${columns}`,
  )

/** A user's tokens that were not revoked, newest first. Those that have expired are among them: one may look for what stopped. */
export const listApiTokens = (
  tx: Tx,
  user: { tenantId: string; userId: string },
  { beforeId, limit }: { beforeId: string | undefined; limit: number },
): Promise<ApiTokenRow[]> =>
  rows(
    tx,
    sql<ApiTokenRow>`SELECT ${columns} FROM identity.api_tokens
      WHERE tenant_id = ${user.tenantId} AND user_id = ${user.userId} AND revoked_at IS NULL
        AND (${beforeId ?? null}::uuid IS NULL OR id < ${beforeId ?? null}::uuid)
      ORDER BY id DESC LIMIT ${limit}`,
  )

/** The name of the token that was revoked; undefined when the user has none with this id. */
export const revokeApiToken = (
  tx: Tx,
  user: { tenantId: string; userId: string },
  id: string,
): Promise<{ name: string } | undefined> =>
  maybe(
    tx,
    sql<{ name: string }>`UPDATE identity.api_tokens SET revoked_at = now()
      WHERE tenant_id = ${user.tenantId} AND user_id = ${user.userId} AND id = ${id} AND revoked_at IS NULL RETURNING name`,
  )

/** Looks past the tenants, because only the token says whose it is: nothing of the row leaves before its hash was compared. */
export const findApiToken = (db: Db, prefix: string): Promise<FoundToken | undefined> =>
  withScope(db, { operator: true }, (tx) =>
    maybe(
      tx,
      sql<FoundToken>`SELECT id, tenant_id AS "tenantId", token_hash AS "tokenHash",
          COALESCE(last_used_at < now() - interval '1 minute', true) AS "isUseUnnoted"
        FROM identity.api_tokens WHERE prefix = ${prefix} AND revoked_at IS NULL AND expires_at > now()`,
    ),
  )

export async function noteUse(tx: Tx, id: string, ip: string | null): Promise<void> {
  await sql`UPDATE identity.api_tokens SET last_used_at = now(), last_used_ip = ${ip}
    WHERE id = ${id} AND (last_used_at IS NULL OR last_used_at < now() - interval '1 minute')`.execute(tx)
}
