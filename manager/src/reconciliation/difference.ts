export const scopeNames = ['sites', 'benches', 'routes', 'leftovers'] as const
export type ScopeName = (typeof scopeNames)[number]

/** What is not as it should be. The console has a text for each. */
export const differenceKinds = [
  'database-missing',
  'database-not-ours',
  'roles-wrong',
  'site-not-served',
  'host-missing',
  'tenant-suspended',
  'tenant-resumed',
  'bench-not-running',
  'bench-unknown',
  'snapshot-behind',
  'certificate-missing',
  'certificate-expiring',
  'certificate-authority-changed',
  'database-half-dropped',
  'database-leftover',
  'database-set-aside',
  'database-unknown',
  'roles-leftover',
  'roles-unknown',
  'objects-leftover',
  'objects-unknown',
  'orphan-directory',
] as const
export type DifferenceKind = (typeof differenceKinds)[number]

/** What is done about it. */
export const remedies = [
  'mark-broken',
  'repair-roles',
  'serve-again',
  'suspend-site',
  'resume-site',
  'start-bench',
  'publish-again',
  'issue-certificate',
  'remove-database',
  'remove-former-database',
  'remove-roles',
  'remove-objects',
] as const
export type Remedy = (typeof remedies)[number]

/** One thing that is not as it should be. */
export interface Difference {
  kind: DifferenceKind
  subject: {
    kind: 'site' | 'bench' | 'consumer' | 'certificate' | 'database' | 'objects' | 'directory'
    id: string
    label: string
  }
  /** Whose it is; null for the platform's own. */
  tenantId: string | null
  /** What was seen, in a sentence for an operator; no secrets. */
  detail: string
  /** Null: it is only reported, because a person has to decide. */
  remedy: Remedy | null
  /** How long it must have been seen before anything is done. Default: at once. */
  waitMs?: number
}

/**
 * - `planned`   a dry run: this would be done
 * - `waiting`   it has to be seen for longer first, or was tried a moment ago
 * - `repaired`  done, and written to the audit trail
 * - `settled`   when it was looked at again under lock, there was nothing to do any more
 * - `failed`    tried in vain; tried again later
 * - `reported`  nothing is done by itself
 */
export const outcomes = ['planned', 'waiting', 'repaired', 'settled', 'failed', 'reported'] as const
export type Outcome = (typeof outcomes)[number]

export interface ReportedDifference extends Omit<Difference, 'waitMs'> {
  firstSeenAt: string
  outcome: Outcome
  /** Why it failed, or until when it waits. */
  message: string | null
}

/** What a look at one scope found, and what became of it. */
export interface ScopePlan {
  scope: ScopeName
  ranAt: Date
  durationMs: number
  differences: ReportedDifference[]
  /** Why nothing could be compared. */
  error: string | null
}
