/** Answers of the manager's API as the console reads them. */
import type { Operation, Operations, Site } from '../../../../openapi/manager.ts'

export type {
  Alert,
  BackupPolicy,
  Bench,
  Cluster,
  Difference,
  Mail,
  MailSummary,
  Operation,
  Plan,
  ReconciliationPlan,
  Server,
  Site,
  StoredReconciliationPlan as StoredPlan,
} from '../../../../openapi/manager.ts'

export type Answer<Name extends keyof Operations> = Operations[Name]['answer']

export type Setup = Answer<'GET /setup'>
export type Me = Answer<'GET /auth/me'>
export type SiteActionName = Site['actions'][number]['name']
export type OperationState = Operation['state']
export type OperationActionName = Operation['actions'][number]['name']
export type SiteWork = Answer<'POST /sites'>
export type CertificateAuthority = Answer<'GET /certificate-authority'>
export type ReconciliationRun = Answer<'POST /reconciliation/runs'>
