export {
  createAccount,
  countUsers,
  ensureUser,
  findAccountByEmail,
  foldEmail,
  listOperators,
  type Account,
} from './accounts.ts'
export { prepareSpareSigningKey, registerSigningKeyRoutes } from './keys/index.ts'
export { appendAudit, type Actor, type AuditEntry } from './audit.ts'
export {
  createAuditTrail,
  ensureAuditPartitions,
  platformSigner,
  registerAuditRoutes,
  secretSigner,
  type AnchorPlace,
  type AnchorSigner,
  type AuditSource,
  type AuditTrail,
  type AuditVerification,
} from './audit/index.ts'
export { callerOf, createAuthorizer, principalOf, visitorOf } from './authorize.ts'
export { registerAuthRoutes, registerTicketRoute, sessionAnswer, setRefreshCookie } from './auth-routes.ts'
export { hashingCost } from './hashing-gate.ts'
export { createIdentity, type Identity } from './identity.ts'
export type { IssuedSession, Place } from './identity-parts.ts'
export {
  composeIdentityMail,
  noteMailSent,
  type ComposedMail,
  type IdentityMail,
  type IdentityMailKind,
  type MailLater,
} from './mails/index.ts'
export { inviteFirstUser } from './invitations/index.ts'
export type { Membership } from './memberships.ts'
export { identityMigrations } from './migrations.ts'
export { registerPeopleRoutes } from './people-routes.ts'
export { hashPassword, minimumPasswordLength, passwordObjection } from './passwords.ts'
export { identityPermissions } from './permissions.ts'
export { actorOf, heldRole, mayDo, type HeldRole, type Principal, type RoleTable } from './principal.ts'
export { identityProblems } from './problems.ts'
export { issueTicket, type IssuedTicket } from './tickets.ts'
export { hashToken, newToken, type Visitor } from './sessions.ts'
export {
  expireReports,
  expiringSchedule,
  mailByJob,
  peopleReport,
  registerJobRoutes,
  registerReportRoute,
  sendIdentityMail,
  sendReportMail,
  tenantReportJob,
  welcomeNewUsers,
  type JobRoutesOptions,
  type MailJobDeps,
  type OutgoingMail,
  type Report,
  type ReportJobDeps,
  type ReportStore,
  type ReportTable,
  type SendMail,
} from './jobs/index.ts'
