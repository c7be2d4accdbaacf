/** Answers of the manager's API as the console reads them (openapi/manager.json). */
import type { Money, Problem, StepState } from '@platen/ui'

export interface Setup {
  claimed: boolean
  zone: string
  consoleUrl: string
  version: string
}

export interface Me {
  user: { id: string; email: string; name: string; roles: { id: string; name: string; system: boolean }[] }
  tenant: { id: string; name: string; slug: string } | null
  operator: boolean
  permissions: string[]
}

/** When sites are backed up by themselves and how long that is kept: of a plan, or of one site instead. */
export interface BackupPolicy {
  everyHours: number
  atHour: number
  timeZone: string
  keepDays: number
}

export interface Plan {
  id: string
  name: string
  title: string
  price: Money
  maxStorageBytes: number
  maxUsers: number
  backupPolicy: BackupPolicy
}

export type SiteActionName =
  | 'open'
  | 'back-up'
  | 'restore'
  | 'suspend'
  | 'resume'
  | 'restart'
  | 'archive'
  | 'revive'
  | 'drop'

export interface Site {
  id: string
  name: string
  host: string
  url: string
  state: string
  plan: { id: string; name: string; title: string; maxStorageBytes: number }
  bench: { id: string; name: string } | null
  adminEmail: string
  createdAt: string
  activatedAt: string | null
  archivedAt: string | null
  /** Until then it can be revived. */
  archivedUntil: string | null
  /** The moment that its newest verified backup shows. */
  lastVerifiedBackupAt: string | null
  release: string | null
  /** Null until it has been measured. */
  usage: { databaseBytes: number; filesBytes: number; measuredAt: string } | null
  probe: { ok: boolean; checkedAt: string; detail: string | null } | null
  operation: { id: string; type: string; state: string } | null
  actions: { name: SiteActionName; allowed: boolean; reason: string | null }[]
}

export type OperationState =
  | 'pending'
  | 'running'
  | 'undoing'
  | 'succeeded'
  | 'failed'
  | 'needs-attention'
  | 'cancelled'

export type OperationActionName = 'cancel' | 'retry' | 'undo'

export interface OperationStep {
  name: string
  state: StepState
  attempt: number
  startedAt: string | null
  endedAt: string | null
  problem: Problem | null
}

export interface Operation {
  id: string
  type: string
  state: OperationState
  subject: { kind: string; id: string; label: string | null }
  actor: { id: string; label: string } | null
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  progress: number
  cancelRequested: boolean
  problem: Problem | null
  actions: { name: OperationActionName; allowed: boolean; reason: string | null }[]
  steps: OperationStep[]
  log?: { at: string; step: string | null; message: string }[]
}

export interface SiteWork {
  site: Site
  operation: Operation
}

export interface Server {
  id: string
  name: string
  role: string
  hostname: string
  state: string
}

export interface Bench {
  id: string
  name: string
  state: string
  release: string | null
  sites: number
  processes: { name: string; healthy: boolean; rssBytes: number | null }[]
}

export interface Cluster {
  id: string
  name: string
  title: string
  region: string
  enabled: boolean
}

export interface Alert {
  id: string
  kind: string
  severity: 'info' | 'warning' | 'critical'
  state: 'open' | 'resolved'
  title: string
  whatToDo: string
  docsPage: string
  subject: { kind: string; id: string; label: string }
  detail: string
  count: number
  raisedAt: string
  lastSeenAt: string
  resolvedAt: string | null
  acknowledgement: { at: string; by: string } | null
}

export interface MailSummary {
  id: string
  to: string
  from: string
  subject: string
  receivedAt: string
}

export interface Mail extends MailSummary {
  text: string
}

export interface CertificateAuthority {
  certificatePem: string
  fingerprintSha256: string
  notAfter: string
}

export interface Difference {
  kind: string
  subject: { kind: string; id: string; label: string }
  detail: string
  remedy: string | null
  firstSeenAt: string
  outcome: 'planned' | 'waiting' | 'repaired' | 'settled' | 'failed' | 'reported'
  message: string | null
}

export interface ReconciliationPlan {
  scope: string
  ranAt: string
  error: string | null
  differences: Difference[]
}

export interface StoredPlan extends ReconciliationPlan {
  repairedAt: string | null
  repairs: Difference[]
}

export interface ReconciliationRun {
  dryRun: boolean
  plans: ReconciliationPlan[]
}
