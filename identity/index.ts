export { createAccount, countUsers, ensureUser, findAccountByEmail, foldEmail, type Account } from './accounts.ts'
export { prepareSpareSigningKey } from './access-tokens.ts'
export { appendAudit, type Actor, type AuditEntry } from './audit.ts'
export { createAuthorizer, principalOf, visitorOf } from './authorize.ts'
export { registerAuthRoutes, registerTicketRoute, sessionAnswer, setRefreshCookie } from './auth-routes.ts'
export {
  actorOf,
  createIdentity,
  mayDo,
  type Identity,
  type IssuedSession,
  type Principal,
  type RoleTable,
} from './identity.ts'
export { identityMigrations } from './migrations.ts'
export { hashPassword, minimumPasswordLength, passwordObjection } from './passwords.ts'
export { identityProblems } from './problems.ts'
export { issueTicket, type IssuedTicket } from './tickets.ts'
export type { Visitor } from './sessions.ts'
