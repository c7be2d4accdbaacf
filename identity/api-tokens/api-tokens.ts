import { withScope } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { actorOf, mayDo, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import { hashToken, type Visitor } from '../sessions.ts'
import { newApiToken, prefixOf } from './api-token.ts'
import { insertApiToken, listApiTokens, revokeApiToken, type ApiTokenRow } from './api-token-store.ts'
import { loadTokenPrincipal } from './authenticate-token.ts'

export interface NewApiToken {
  name: string
  scopes: readonly string[]
  expiresInDays: number
}

/** Tokens by which programs use the API for who made them. */
export interface ApiTokens {
  list(principal: Principal, page: { beforeId: string | undefined; limit: number }): Promise<ApiTokenRow[]>
  /** The token itself is in this answer and nowhere else. @throws ProblemError scopes-not-held */
  create(principal: Principal, wanted: NewApiToken, visitor: Visitor): Promise<{ token: string; row: ApiTokenRow }>
  /** @throws ProblemError api-token-not-found */
  revoke(principal: Principal, id: string, visitor: Visitor): Promise<void>
  /** Who a token acts for, at most 5 seconds old. Undefined as well for what does not look like a token. */
  authenticate(token: string, visitor: Pick<Visitor, 'ip'>): Promise<Principal | undefined>
}

export function createApiTokens(parts: IdentityParts): ApiTokens {
  const { db, principals } = parts
  return {
    list: (principal, page) =>
      withScope(db, { tenantId: principal.tenantId }, (tx) => listApiTokens(tx, principal, page)),
    async create(principal, { name, scopes, expiresInDays }, visitor) {
      requireHeld(parts, principal, scopes)
      const { token, prefix, tokenHash } = newApiToken()
      const { tenantId, userId } = principal
      const row = await withScope(db, { tenantId }, async (tx) => {
        const made = await insertApiToken(tx, { tenantId, userId, name, prefix, tokenHash, scopes, expiresInDays })
        await appendAudit(tx, {
          ...auditedBy(principal, visitor, made.id),
          action: 'api-token.created',
          changes: { name, scopes, expiresAt: made.expiresAt },
        })
        return made
      })
      return { token, row }
    },
    async revoke(principal, id, visitor) {
      await withScope(db, { tenantId: principal.tenantId }, async (tx) => {
        const found = await revokeApiToken(tx, principal, id)
        if (found === undefined) {
          throw identityProblems.problem('api-token-not-found', 'You have no such token. Nothing was changed.')
        }
        await appendAudit(tx, { ...auditedBy(principal, visitor, id), action: 'api-token.revoked', changes: found })
      })
      principals.forgetAll()
    },
    async authenticate(token, visitor) {
      const prefix = prefixOf(token)
      if (prefix === undefined) return undefined
      return principals.findBy(hashToken(token).toString('hex'), () =>
        loadTokenPrincipal(parts, { token, prefix }, visitor),
      )
    },
  }
}

/** Nobody gives a program more than they may do themselves. */
function requireHeld({ rules }: IdentityParts, principal: Principal, scopes: readonly string[]): void {
  const errors = scopes.flatMap((scope, index) =>
    rules.permissions.includes(scope) && mayDo(principal, scope)
      ? []
      : [{ pointer: `/scopes/${index}`, message: `You do not hold "${scope}".` }],
  )
  if (errors.length === 0) return
  throw identityProblems.problem('scopes-not-held', 'Some of the scopes are not yours to give. Nothing was changed.', {
    errors,
  })
}

const auditedBy = (principal: Principal, visitor: Visitor, resourceId: string) => ({
  tenantId: principal.tenantId,
  actor: actorOf(principal, visitor),
  resource: 'api-token',
  resourceId,
})
