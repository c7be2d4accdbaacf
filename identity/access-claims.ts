/** What an access token says about who holds it. */
export interface AccessClaims {
  accountId: string
  tenantId: string
  sessionId: string
}
