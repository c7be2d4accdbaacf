/** The parts of the API's answers that the command shows; openapi/manager.json has all of them. */
export interface Site {
  id: string
  name: string
  host: string
  url: string
  state: string
  plan: { name: string; title: string; maxStorageBytes: number }
  usage: { databaseBytes: number; filesBytes: number; measuredAt: string } | null
  operation: { id: string; type: string; state: string } | null
}

export interface Operation {
  id: string
  type: string
  state: string
  subject: { kind: string; id: string; label: string | null }
  progress: number
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  problem: { title: string; detail: string; code: string } | null
  steps: {
    name: string
    state: string
    attempt: number
    startedAt: string | null
    endedAt: string | null
    problem: { title: string; detail: string } | null
  }[]
}

export interface Job {
  id: string
  name: string
  queue: string
  state: string
  progress: number
  progressText: string | null
  attempts: number
  maxAttempts: number
  lastError: string | null
  runAt: string
  createdAt: string
  endedAt: string | null
  file: { url: string; rows: number; expiresInSeconds: number } | null
}

export interface Tenant {
  id: string
  name: string
  slug: string
  domain: string | null
  state: string
  plan: { name: string; title: string }
  maxSites: number
  siteCount: number
  suspension: { since: string; by: string; reason: string | null } | null
  createdAt: string
}

export interface Alert {
  id: string
  severity: string
  state: string
  title: string
  subject: { kind: string; id: string; label: string }
  detail: string
  whatToDo: string
  docsPage: string
  raisedAt: string
  acknowledgement: { at: string; by: string } | null
}

export interface AlertWebhook {
  id: string
  url: string
  signed: boolean
  createdAt: string
  lastDelivery: { state: string; status: number | null; detail: string; at: string } | null
}

export interface DiagnosisCheck {
  name: string
  ok: boolean
  severity: string
  detail: string
  whatToDo: string | null
}

export interface Backup {
  id: string
  site: { id: string; name: string }
  state: string
  createdAt: string
  takenAt: string | null
  verifiedAt: string | null
  restoreMs: number | null
  sizeBytes: number | null
  error: string | null
}

export interface BackupPolicy {
  everyHours: number
  atHour: number
  timeZone: string
  keepDays: number
}

export interface BackupSchedule {
  policy: BackupPolicy
  source: 'plan' | 'site'
  planPolicy: BackupPolicy
  nextAt: string | null
}

/** What a restore in place would change. */
export interface BackupComparison {
  site: { id: string; name: string; state: string }
  takenAt: string
  comparable: boolean
  tables: { name: string; rowsThen: number; rowsNow: number | null; changed: boolean | null }[]
  files: { backedUp: number; now: number }
}

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
}

export interface ReconciliationRun {
  dryRun: boolean
  plans: {
    scope: string
    error: string | null
    differences: {
      kind: string
      subject: { kind: string; id: string; label: string }
      detail: string
      remedy: string | null
      outcome: string
      message: string | null
    }[]
  }[]
}

export interface LogProgram {
  program: string
  sizeBytes: number
  newestAt: string | null
}

export interface LogLine {
  at: string | null
  level: string | null
  message: string
  site: string | null
  operation: string | null
  requestId: string | null
  fields: Record<string, unknown>
}

export interface SiteLogLine {
  at: string | null
  level: string | null
  message: string
  requestId: string | null
  method: string | null
  path: string | null
  status: number | null
  durationMs: number | null
  problem: string | null
}

export interface LogPage<Line> {
  items: Line[]
  older: string | null
  newer: string | null
}

export interface AuditEntry {
  id: string
  at: string
  actor: { id: string | null; label: string }
  action: string
  resource: string
  resourceId: string | null
  ip: string | null
  seal: { number: number; hash: string } | null
}

export interface AuditVerification {
  ok: boolean
  checked: number
  firstBad: { chain: string; entryId: string | null; at: string | null; why: string } | null
  unsealed: number
  anchors: { checked: number; lastAt: string | null }
}

export interface DeadLetter {
  eventId: string
  handler: string
  type: string
  occurredAt: string
  attempts: number
  lastError: string | null
  heldBack: number
}
