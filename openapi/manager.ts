// Made from manager.json by tools/generate-reference.ts. Change the routes, never this file.

export type Alert = {
  id: string
  kind: string
  severity: 'info' | 'warning' | 'critical'
  state: 'open' | 'resolved'
  title: string
  cause: string
  whatToDo: string
  docsPage: string
  subject: {
    kind: string
    id: string
    label: string
  }
  detail: string
  count: number
  raisedAt: string
  lastSeenAt: string
  resolvedAt: string | null
  mailedAt: string | null
  acknowledgement: {
    at: string
    by: string
  } | null
}

export type AlertWebhook = {
  id: string
  url: string
  signed: boolean
  createdBy: string
  createdAt: string
  lastDelivery: {
    state: 'delivered' | 'retrying' | 'failed'
    status: number | null
    detail: string
    at: string
  } | null
}

export type ApiToken = {
  id: string
  name: string
  /** Stands in the token after `platen_`: tells tokens apart. */
  prefix: string
  scopes: Array<string>
  createdAt: string
  expiresAt: string
  /** To the minute. */
  lastUsedAt: string | null
  lastUsedIp: string | null
}

export type AuditEntry = {
  id: string
  at: string
  tenantId: string | null
  actor: {
    id: string | null
    label: string
  }
  action: string
  resource: string
  resourceId: string | null
  /** What changed, without secrets; null where nothing is told. */
  changes: unknown
  ip: string | null
  userAgent: string | null
  requestId: string | null
  operationId: string | null
  /** Its place in the chain; null for the second or so until it is sealed. */
  seal: {
    number: number
    hash: string
  } | null
}

export type AuditVerification = {
  ok: boolean
  checked: number
  firstBad: {
    chain: string
    entryId: string | null
    at: string | null
    why: 'entry-changed' | 'entry-missing' | 'seal-missing' | 'seal-changed' | 'anchor-differs' | 'tail-missing' | 'anchor-forged'
  } | null
  unsealed: number
  anchors: {
    checked: number
    lastAt: string | null
  }
}

export type Backup = {
  id: string
  site: {
    id: string
    name: string
  }
  state: 'pending' | 'running' | 'stored' | 'verified' | 'failed' | 'removing'
  reason: 'on-demand' | 'scheduled' | 'before-restore' | 'archive'
  createdAt: string
  /** The moment that the backup shows */
  takenAt: string | null
  storedAt: string | null
  /** When it had been restored and compared */
  verifiedAt: string | null
  /** How long the drill took */
  restoreMs: number | null
  /** Sealed, files included that are shared with other backups */
  sizeBytes: number | null
  plainBytes: number | null
  release: string | null
  error: string | null
}

export type BackupComparison = {
  site: {
    id: string
    name: string
    state: 'pending' | 'installing' | 'updating' | 'recovering' | 'active' | 'suspended' | 'inactive' | 'broken' | 'archived' | 'dropped'
  }
  takenAt: string
  /** False when the site has no database now, or could not be counted, for instance while an operation works on it */
  comparable: boolean
  tables: Array<{
    name: string
    rowsThen: number
    rowsNow: number | null
    changed: boolean | null
  }>
  files: {
    backedUp: number
    now: number
  }
}

export type BackupPolicy = {
  /** 168 is once a week, on a day that the platform chooses */
  everyHours: 6 | 8 | 12 | 24 | 168
  /** On the clocks of the time zone */
  atHour: number
  timeZone: string
  keepDays: number
}

export type BackupPolicyInput = {
  /** 168 is once a week, on a day that the platform chooses */
  everyHours: 6 | 8 | 12 | 24 | 168
  /** On the clocks of the time zone */
  atHour: number
  timeZone: string
  keepDays: number
}

export type BackupSchedule = {
  policy: BackupPolicy
  /** Whose policy it is */
  source: 'plan' | 'site'
  planPolicy: BackupPolicy
  /** When the next one begins, or since when it waits for its turn; null while the site has no database */
  nextAt: string | null
}

export type Bench = {
  id: string
  name: string
  state: string
  release: string | null
  server: {
    id: string
    name: string
  }
  sites: number
  processes: Array<{
    name: string
    state: string
    healthy: boolean
    pid: number | null
    startedAt: string | null
    restarts: number
    cpuPercent: number | null
    rssBytes: number | null
  }>
}

export type Cluster = {
  id: string
  name: string
  title: string
  region: string
  enabled: boolean
}

export type DeadLetter = {
  eventId: string
  handler: string
  type: string
  version: number
  aggregate: string
  aggregateId: string
  sequence: number
  tenantId: string
  occurredAt: string
  attempts: number
  lastError: string | null
  /** Later events of the same aggregate that wait behind it. */
  heldBack: number
}

export type DiagnosisCheck = {
  name: string
  ok: boolean
  severity: 'info' | 'warning' | 'critical'
  detail: string
  whatToDo: string | null
}

export type Difference = {
  kind: 'database-missing' | 'database-not-ours' | 'roles-wrong' | 'site-not-served' | 'host-missing' | 'tenant-suspended' | 'tenant-resumed' | 'bench-not-running' | 'bench-unknown' | 'snapshot-behind' | 'certificate-missing' | 'certificate-expiring' | 'certificate-authority-changed' | 'database-half-dropped' | 'database-leftover' | 'database-set-aside' | 'database-unknown' | 'roles-leftover' | 'roles-unknown' | 'objects-leftover' | 'objects-unknown' | 'orphan-directory'
  subject: {
    kind: string
    id: string
    label: string
  }
  tenantId: string | null
  detail: string
  remedy: 'mark-broken' | 'repair-roles' | 'serve-again' | 'suspend-site' | 'resume-site' | 'start-bench' | 'publish-again' | 'issue-certificate' | 'remove-database' | 'remove-former-database' | 'remove-roles' | 'remove-objects' | null
  firstSeenAt: string
  outcome: 'planned' | 'waiting' | 'repaired' | 'settled' | 'failed' | 'reported'
  message: string | null
}

export type EventType = {
  type: string
  version: number
  aggregate: string
  description: string
}

export type HeldRole = {
  id: string
  name: string
  system: boolean
}

export type Invitation = {
  id: string
  email: string
  name: string
  roles: Array<HeldRole>
  locale: string | null
  state: 'open' | 'expired'
  invitedBy: string
  createdAt: string
  expiresAt: string
  /** Null while its mail waits to be sent. */
  sentAt: string | null
}

export type Job = {
  id: string
  tenantId: string | null
  name: string
  queue: 'high' | 'default' | 'low'
  state: 'queued' | 'running' | 'succeeded' | 'failed' | 'discarded'
  progress: number
  progressText: string | null
  attempts: number
  maxAttempts: number
  lastError: string | null
  requestedBy: string | null
  runAt: string
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  file: {
    url: string
    rows: number
    sizeBytes: number
    expiresInSeconds: number
  } | null
  actions: Array<{
    name: 'retry' | 'discard'
    allowed: boolean
    reason: string | null
  }>
}

export type Log = {
  program: string
  sizeBytes: number
  newestAt: string | null
}

export type LogLine = {
  position: string
  at: string | null
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | null
  message: string
  site: string | null
  operation: string | null
  requestId: string | null
  fields: Record<string, unknown>
}

export type Mail = {
  id: string
  to: string
  from: string
  subject: string
  tag: string
  receivedAt: string
  text: string
}

export type MailSummary = {
  id: string
  to: string
  from: string
  subject: string
  tag: string
  receivedAt: string
}

export type Membership = {
  tenant: {
    id: string
    name: string
    slug: string
    state: 'active' | 'suspended'
  }
  roles: Array<HeldRole>
  current: boolean
}

export type Operation = {
  id: string
  type: string
  state: 'pending' | 'running' | 'undoing' | 'needs-attention' | 'succeeded' | 'failed' | 'cancelled'
  subject: {
    kind: string
    id: string
    label: string | null
  }
  actor: {
    id: string
    label: string | null
  } | null
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  progress: number
  cancellable: boolean
  cancelRequested: boolean
  actions: Array<{
    name: 'cancel' | 'retry' | 'undo'
    allowed: boolean
    reason: string | null
  }>
  problem: Problem | null
  steps: Array<{
    name: string
    state: 'pending' | 'running' | 'succeeded' | 'failed' | 'skipped' | 'undoing' | 'undone'
    attempt: number
    startedAt: string | null
    endedAt: string | null
    problem: Problem | null
  }>
  log?: Array<{
    at: string
    step: string | null
    message: string
  }>
}

export type OwnSession = {
  id: string
  /** The one that asks. */
  current: boolean
  method: 'password' | 'ticket' | 'setup'
  secondFactor: 'totp' | 'recovery-code' | null
  ip: string | null
  userAgent: string | null
  createdAt: string
  lastUsedAt: string
  expiresAt: string
}

export type OwnUser = {
  id: string
  email: string
  name: string
  roles: Array<HeldRole>
  state: 'active' | 'disabled'
  /** Signing in takes a code as well. */
  secondFactor: boolean
  lastSignInAt: string | null
  version: number
  createdAt: string
  updatedAt: string
  locale: 'fr' | 'en' | null
}

export type Permission = {
  name: string
  resource: string
  action: string
  held: boolean
}

export type Plan = {
  id: string
  name: string
  title: string
  price: {
    amount: string
    currency: string
  }
  maxStorageBytes: number
  maxUsers: number
  backupPolicy: BackupPolicy
}

export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  code: string
  retryable: boolean
  instance?: string
  errors?: Array<{
    pointer: string
    message: string
  }>
}

export type ReconciliationPlan = {
  scope: 'sites' | 'benches' | 'routes' | 'leftovers'
  ranAt: string
  durationMs: number
  error: string | null
  differences: Array<Difference>
}

export type Role = {
  /** Of a system role its name. */
  id: string
  name: string
  description: string
  /** True: the same everywhere, changed by releases only. */
  system: boolean
  /** `*` is every permission. */
  permissions: Array<string>
  /** How many users have it. */
  users: number
  version: number | null
  createdAt: string | null
  updatedAt: string | null
}

export type SecondFactor = {
  on: boolean
  since: string | null
  recoveryCodesLeft: number
}

export type Server = {
  id: string
  name: string
  role: 'proxy' | 'app' | 'database'
  hostname: string
  state: string
  cluster: {
    id: string
    name: string
  }
}

export type Site = {
  id: string
  name: string
  host: string
  url: string
  state: 'pending' | 'installing' | 'updating' | 'recovering' | 'active' | 'suspended' | 'inactive' | 'broken' | 'archived' | 'dropped'
  plan: {
    id: string
    name: string
    title: string
    maxStorageBytes: number
  }
  usage: {
    databaseBytes: number
    filesBytes: number
    measuredAt: string
  } | null
  bench: {
    id: string
    name: string
  } | null
  adminEmail: string
  createdAt: string
  activatedAt: string | null
  archivedAt: string | null
  /** Until then it can be revived; afterwards it is dropped */
  archivedUntil: string | null
  /** The moment that its newest verified backup shows */
  lastVerifiedBackupAt: string | null
  release: string | null
  probe: {
    ok: boolean
    checkedAt: string
    detail: string
  } | null
  operation: {
    id: string
    type: string
    state: string
  } | null
  actions: Array<{
    name: 'open' | 'back-up' | 'restore' | 'suspend' | 'resume' | 'restart' | 'archive' | 'revive' | 'drop'
    allowed: boolean
    reason: string | null
  }>
}

export type SiteLogLine = {
  position: string
  at: string | null
  level: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | null
  message: string
  requestId: string | null
  method: string | null
  path: string | null
  status: number | null
  durationMs: number | null
  problem: string | null
}

export type StoredReconciliationPlan = {
  scope: 'sites' | 'benches' | 'routes' | 'leftovers'
  ranAt: string
  durationMs: number
  error: string | null
  differences: Array<Difference>
  repairedAt: string | null
  repairs: Array<Difference>
}

export type Tenant = {
  id: string
  name: string
  slug: string
  /** Their own web domain, in punycode; nothing proves it */
  domain: string | null
  state: 'active' | 'suspended'
  settings: TenantSettings
  plan: {
    id: string
    name: string
    title: string
  }
  maxSites: number
  siteCount: number
  suspension: {
    since: string
    by: string
    reason: string | null
  } | null
  createdAt: string
  updatedAt: string
  /** Null until its defaults have been made */
  provisionedAt: string | null
  version: number
}

export type TenantSettings = {
  /** Of mails to people who have chosen none */
  locale: 'fr' | 'en'
  timeZone: string
  /** Whom the platform writes to about the organisation */
  contactEmail: string | null
}

export type TenantSettingsChangeInput = {
  /** Of mails to people who have chosen none */
  locale?: 'fr' | 'en'
  timeZone?: string
  /** Whom the platform writes to about the organisation */
  contactEmail?: string | null
}

export type User = {
  id: string
  email: string
  name: string
  roles: Array<HeldRole>
  state: 'active' | 'disabled'
  /** Signing in takes a code as well. */
  secondFactor: boolean
  lastSignInAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

export type Webhook = {
  id: string
  url: string
  description: string
  /** Types of events that are sent there; none: every event. */
  types: Array<string>
  enabled: boolean
  /** False in a copy of a site: renew the secret before you enable the webhook. */
  hasSecret: boolean
  createdBy: string
  createdAt: string
  updatedAt: string
  version: number
  lastDelivery: {
    /** `retrying`: it is tried again; `failed`: it is not. */
    outcome: 'delivered' | 'retrying' | 'failed'
    /** HTTP status of the answer; null where nobody answered. */
    status: number | null
    /** A sentence, with the beginning of an answer that was not a yes. */
    detail: string
    at: string
  } | null
}

export type WebhookDelivery = {
  id: string
  /** What the receiver sees as `webhook-id`. */
  eventId: string
  type: string
  /** From 1; a replay begins anew. */
  attempt: number
  /** `retrying`: it is tried again; `failed`: it is not. */
  outcome: 'delivered' | 'retrying' | 'failed'
  /** HTTP status of the answer; null where nobody answered. */
  status: number | null
  /** A sentence, with the beginning of an answer that was not a yes. */
  detail: string
  durationMs: number
  at: string
}

/** Every operation by method and path below /api/v1. */
export interface Operations {
  /** The keys that verify access tokens (RFC 7517) */
  'GET /.well-known/jwks.json': {
    answer: {
      keys: Array<{
        kty: 'RSA'
        n: string
        e: string
        kid: string
        alg: string
        use: string
      }>
    }
  }
  /** List the webhooks that alerts are sent to, with how the last delivery went */
  'GET /alert-webhooks': {
    answer: {
      items: Array<AlertWebhook>
      nextCursor: null
    }
  }
  /** Send alerts to a URL. The secret that signs them is in this answer and in no other */
  'POST /alert-webhooks': {
    body: {
      url: string
      signed?: boolean
    }
    answer: {
      webhook: AlertWebhook
      secret: string | null
    }
  }
  /** Send alerts to a URL no longer. What was still to be told there is not told */
  'DELETE /alert-webhooks/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Send a test to a webhook, once; how it went is its last delivery a moment later */
  'POST /alert-webhooks/{id}/tests': {
    path: {
      id: string
    }
    answer: AlertWebhook
  }
  /** List alerts, newest first */
  'GET /alerts': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[state]'?: 'open' | 'resolved'
      'filter[state][ne]'?: 'open' | 'resolved'
      'filter[state][in]'?: string
      'filter[kind]'?: string
      'filter[kind][ne]'?: string
      'filter[kind][in]'?: string
      'filter[kind][like]'?: string
      'filter[severity]'?: 'info' | 'warning' | 'critical'
      'filter[severity][ne]'?: 'info' | 'warning' | 'critical'
      'filter[severity][in]'?: string
      'filter[subject]'?: string
      'filter[subject][ne]'?: string
      'filter[subject][in]'?: string
      'filter[subject][like]'?: string
      'filter[subjectKind]'?: string
      'filter[subjectKind][ne]'?: string
      'filter[subjectKind][in]'?: string
      'filter[subjectKind][like]'?: string
      'filter[raisedAt][gt]'?: string
      'filter[raisedAt][gte]'?: string
      'filter[raisedAt][lt]'?: string
      'filter[raisedAt][lte]'?: string
      'filter[lastSeenAt][gt]'?: string
      'filter[lastSeenAt][gte]'?: string
      'filter[lastSeenAt][lt]'?: string
      'filter[lastSeenAt][lte]'?: string
      'filter[resolvedAt][gt]'?: string
      'filter[resolvedAt][gte]'?: string
      'filter[resolvedAt][lt]'?: string
      'filter[resolvedAt][lte]'?: string
    }
    answer: {
      items: Array<Alert>
      nextCursor: string | null
    }
  }
  /** Send a test mail to the caller, as alerts are sent */
  'POST /alerts/test-mail': {
    answer: {
      to: string
      messageId: string
      target: string
    }
  }
  /** Acknowledge an alert: somebody takes care of it. It stays open until its cause is gone */
  'PUT /alerts/{id}/acknowledgement': {
    path: {
      id: string
    }
    answer: Alert
  }
  /** Search the audit trail, newest first */
  'GET /audit-entries': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[at][gt]'?: string
      'filter[at][gte]'?: string
      'filter[at][lt]'?: string
      'filter[at][lte]'?: string
      'filter[action]'?: string
      'filter[action][ne]'?: string
      'filter[action][in]'?: string
      'filter[action][like]'?: string
      'filter[resource]'?: string
      'filter[resource][ne]'?: string
      'filter[resource][in]'?: string
      'filter[resource][like]'?: string
      'filter[resourceId]'?: string
      'filter[resourceId][ne]'?: string
      'filter[resourceId][in]'?: string
      'filter[resourceId][like]'?: string
      'filter[actor]'?: string
      'filter[actor][ne]'?: string
      'filter[actor][in]'?: string
      'filter[actor][like]'?: string
      'filter[actorId]'?: string
      'filter[actorId][ne]'?: string
      'filter[actorId][in]'?: string
      'filter[ip]'?: string
      'filter[ip][ne]'?: string
      'filter[ip][in]'?: string
      'filter[ip][like]'?: string
      'filter[requestId]'?: string
      'filter[requestId][ne]'?: string
      'filter[requestId][in]'?: string
      'filter[requestId][like]'?: string
      'filter[operationId]'?: string
      'filter[operationId][ne]'?: string
      'filter[operationId][in]'?: string
    }
    answer: {
      items: Array<AuditEntry>
      nextCursor: string | null
    }
  }
  /** Read an entry of the audit trail */
  'GET /audit-entries/{id}': {
    path: {
      id: string
    }
    answer: AuditEntry
  }
  /** Download entries of the audit trail as CSV or as lines of JSON; the download is audited itself */
  'GET /audit-exports': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[at][gt]'?: string
      'filter[at][gte]'?: string
      'filter[at][lt]'?: string
      'filter[at][lte]'?: string
      'filter[action]'?: string
      'filter[action][ne]'?: string
      'filter[action][in]'?: string
      'filter[action][like]'?: string
      'filter[resource]'?: string
      'filter[resource][ne]'?: string
      'filter[resource][in]'?: string
      'filter[resource][like]'?: string
      'filter[resourceId]'?: string
      'filter[resourceId][ne]'?: string
      'filter[resourceId][in]'?: string
      'filter[resourceId][like]'?: string
      'filter[actor]'?: string
      'filter[actor][ne]'?: string
      'filter[actor][in]'?: string
      'filter[actor][like]'?: string
      'filter[actorId]'?: string
      'filter[actorId][ne]'?: string
      'filter[actorId][in]'?: string
      'filter[ip]'?: string
      'filter[ip][ne]'?: string
      'filter[ip][in]'?: string
      'filter[ip][like]'?: string
      'filter[requestId]'?: string
      'filter[requestId][ne]'?: string
      'filter[requestId][in]'?: string
      'filter[requestId][like]'?: string
      'filter[operationId]'?: string
      'filter[operationId][ne]'?: string
      'filter[operationId][in]'?: string
      format?: 'csv' | 'json'
    }
    answer: string
  }
  /** Compare the audit trail with its seals and with what was anchored outside of the database */
  'POST /audit-verifications': {
    answer: AuditVerification
  }
  /** Have a link sent that verifies your address */
  'POST /auth/address-verifications': {
    answer: Record<string, never>
  }
  /** Verify an address by a link */
  'POST /auth/address-verifications/redemption': {
    body: {
      /** What stands after `#token=` in the link. */
      token: string
    }
    answer: null
  }
  /** Your API tokens */
  'GET /auth/api-tokens': {
    query?: {
      limit?: string
      cursor?: string
    }
    answer: {
      items: Array<ApiToken>
      nextCursor: string | null
    }
  }
  /** Make an API token; it is shown this once */
  'POST /auth/api-tokens': {
    body: {
      name: string
      /** Permissions that you hold. It may do what is among them and what you may do at that time. */
      scopes: Array<string>
      expiresInDays?: number
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Nobody can show it again. */
      token: string
      apiToken: ApiToken
    }
  }
  /** Revoke an API token */
  'DELETE /auth/api-tokens/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Accept an invitation: with the password of your account, or with the one it is to have */
  'POST /auth/invitations/acceptance': {
    body: {
      token: string
      name?: string
      password: string
      /** Of the second factor, when `second-factor-needed` asks for it; or a recovery code. */
      code?: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** What an invitation is to, and whether its address has an account already */
  'POST /auth/invitations/inspection': {
    body: {
      token: string
    }
    answer: {
      email: string
      name: string
      place: string
      accountExists: boolean
    }
  }
  /** Sign in */
  'POST /auth/login': {
    body: {
      email: string
      password: string
      /** Of the second factor, when `second-factor-needed` asks for it; or a recovery code. */
      code?: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** Sign out */
  'POST /auth/logout': {
    answer: null
  }
  /** Who you are, in which organisation, with what rights */
  'GET /auth/me': {
    answer: {
      user: {
        id: string
        email: string
        name: string
        roles: Array<HeldRole>
      }
      tenant: {
        id: string
        name: string
        slug: string
      }
      operator: boolean
      permissions: Array<string>
    }
  }
  /** Set or change your password; other sessions end */
  'PUT /auth/password': {
    body: {
      currentPassword?: string
      newPassword: string
    }
    answer: null
  }
  /** Ask for a link by mail that sets a new password */
  'POST /auth/password-resets': {
    body: {
      email: string
    }
    answer: Record<string, never>
  }
  /** Set a new password by a link; every session ends */
  'POST /auth/password-resets/redemption': {
    body: {
      /** What stands after `#token=` in the link. */
      token: string
      newPassword: string
    }
    answer: null
  }
  /** Exchange the refresh cookie for a new access token */
  'POST /auth/refresh': {
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** Whether one can register here */
  'GET /auth/register': {
    answer: {
      registration: 'closed' | 'open' | 'invitation'
    }
  }
  /** Ask for an account and an organisation: a link comes by mail, whether or not the address has an account */
  'POST /auth/register': {
    body: {
      tenantName: string
      name: string
      email: string
      password: string
      locale?: 'fr' | 'en'
    }
    answer: {
      next: 'open-the-mail'
      validForHours: number
    }
  }
  /** Exchange the link of the mail for account, organisation and session */
  'POST /auth/register/redemption': {
    body: {
      token: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** Whether your second factor is on */
  'GET /auth/second-factor': {
    answer: SecondFactor
  }
  /** Begin a second factor: a secret for your authenticator app */
  'POST /auth/second-factor': {
    body: {
      password: string
    }
    answer: {
      secret: string
      url: string
    }
  }
  /** Turn the second factor on with its first code */
  'PUT /auth/second-factor': {
    body: {
      /** Six digits, or a recovery code. */
      code: string
    }
    answer: {
      /** Each works once instead of a code. Shown this once only. */
      recoveryCodes: Array<string>
    }
  }
  /** Turn the second factor off */
  'DELETE /auth/second-factor': {
    body: {
      password: string
      /** Six digits, or a recovery code. */
      code: string
    }
    answer: null
  }
  /** New recovery codes; the old ones stop working */
  'POST /auth/second-factor/recovery-codes': {
    body: {
      password: string
      /** Six digits, or a recovery code. */
      code: string
    }
    answer: {
      /** Each works once instead of a code. Shown this once only. */
      recoveryCodes: Array<string>
    }
  }
  /** Where you are signed in */
  'GET /auth/sessions': {
    query?: {
      limit?: string
      cursor?: string
    }
    answer: {
      items: Array<OwnSession>
      nextCursor: string | null
    }
  }
  /** Sign out everywhere else */
  'DELETE /auth/sessions': {
    answer: {
      ended: number
    }
  }
  /** Sign out one of your sessions */
  'DELETE /auth/sessions/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Make a new signing key; the present one verifies until its last token is over */
  'POST /auth/signing-keys/rotations': {
    answer: {
      kid: string
    }
  }
  /** Go on in another organisation: the session moves there, access tokens for the former one end */
  'PUT /auth/tenant': {
    body: {
      tenantId: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** List the organisations you belong to, oldest membership first */
  'GET /auth/tenants': {
    answer: {
      items: Array<Membership>
      nextCursor: null
    }
  }
  /** Read a backup */
  'GET /backups/{id}': {
    path: {
      id: string
    }
    answer: Backup
  }
  /** Compare a backup with what its site holds now */
  'GET /backups/{id}/comparison': {
    path: {
      id: string
    }
    answer: BackupComparison
  }
  /** Restore a backup for a test once more, and compare it */
  'POST /backups/{id}/drills': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Restore a backup as a new site of the same organisation */
  'POST /backups/{id}/restorations': {
    path: {
      id: string
    }
    body: {
      name: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** List benches with their processes */
  'GET /benches': {
    answer: {
      items: Array<Bench>
      nextCursor: null
    }
  }
  /** The local certificate authority */
  'GET /certificate-authority': {
    answer: {
      certificatePem: string
      fingerprintSha256: string
      notAfter: string
    }
  }
  /** Download the authority as a file */
  'GET /certificate-authority/download': {
    answer: string
  }
  /** List clusters */
  'GET /clusters': {
    answer: {
      items: Array<Cluster>
      nextCursor: null
    }
  }
  /** List deliveries of events that were given up, oldest first */
  'GET /dead-letters': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[handler]'?: string
      'filter[handler][ne]'?: string
      'filter[handler][in]'?: string
      'filter[handler][like]'?: string
      'filter[type]'?: string
      'filter[type][ne]'?: string
      'filter[type][in]'?: string
      'filter[type][like]'?: string
      'filter[aggregateId]'?: string
      'filter[aggregateId][ne]'?: string
      'filter[aggregateId][in]'?: string
      'filter[occurredAt][gt]'?: string
      'filter[occurredAt][gte]'?: string
      'filter[occurredAt][lt]'?: string
      'filter[occurredAt][lte]'?: string
    }
    answer: {
      items: Array<DeadLetter>
      nextCursor: string | null
    }
  }
  /** Discard a dead letter for good; what waits behind it follows */
  'DELETE /dead-letters/{eventId}': {
    path: {
      eventId: string
    }
    query?: {
      handler?: string
    }
    answer: null
  }
  /** Try a dead letter again now, with fresh attempts; what waits behind it follows */
  'POST /dead-letters/{eventId}/replays': {
    path: {
      eventId: string
    }
    query?: {
      handler?: string
    }
    answer: {
      handlers: Array<string>
    }
  }
  /** Check every part of the platform now. Takes seconds at most: what does not answer in time is told as that */
  'GET /diagnosis': {
    answer: {
      checks: Array<DiagnosisCheck>
    }
  }
  /** Types of events that happen here, for webhooks to choose from */
  'GET /event-types': {
    answer: {
      items: Array<EventType>
    }
  }
  /** Invitations that nobody has accepted or withdrawn, newest first */
  'GET /invitations': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[email]'?: string
      'filter[email][ne]'?: string
      'filter[email][in]'?: string
      'filter[email][like]'?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[expiresAt][gt]'?: string
      'filter[expiresAt][gte]'?: string
      'filter[expiresAt][lt]'?: string
      'filter[expiresAt][lte]'?: string
    }
    answer: {
      items: Array<Invitation>
      nextCursor: string | null
    }
  }
  /** Invite somebody by mail; an open invitation of the same address is replaced */
  'POST /invitations': {
    body: {
      email: string
      name?: string
      /** Ids of roles: of a system role its name. */
      roles: Array<string>
      /** Language of mails. */
      locale?: 'fr' | 'en'
    }
    answer: Invitation
  }
  /** Withdraw an invitation */
  'DELETE /invitations/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Send an invitation again with a new link; the old link stops working */
  'POST /invitations/{id}/reminders': {
    path: {
      id: string
    }
    answer: Invitation
  }
  /** List background jobs, newest first */
  'GET /jobs': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[state]'?: 'queued' | 'running' | 'succeeded' | 'failed' | 'discarded'
      'filter[state][ne]'?: 'queued' | 'running' | 'succeeded' | 'failed' | 'discarded'
      'filter[state][in]'?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[queue]'?: 'high' | 'default' | 'low'
      'filter[queue][ne]'?: 'high' | 'default' | 'low'
      'filter[queue][in]'?: string
      'filter[requestedBy]'?: string
      'filter[requestedBy][ne]'?: string
      'filter[requestedBy][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[endedAt][gt]'?: string
      'filter[endedAt][gte]'?: string
      'filter[endedAt][lt]'?: string
      'filter[endedAt][lte]'?: string
    }
    answer: {
      items: Array<Job>
      nextCursor: string | null
    }
  }
  /** Read a job: everybody their own, with the permission jobs.read every one */
  'GET /jobs/{id}': {
    path: {
      id: string
    }
    answer: Job
  }
  /** Discard a job that waits or has failed; one that runs is told to stop */
  'DELETE /jobs/{id}': {
    path: {
      id: string
    }
    answer: Job
  }
  /** Queue a failed job again */
  'POST /jobs/{id}/retries': {
    path: {
      id: string
    }
    answer: Job
  }
  /** List the programs whose logs can be read */
  'GET /logs': {
    answer: {
      items: Array<Log>
      nextCursor: null
    }
  }
  /** Read a part of a log, oldest line first */
  'GET /logs/{program}/lines': {
    path: {
      program: string
    }
    query?: {
      search?: string
      level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
      limit?: string
      site?: string
      before?: string
      after?: string
      around?: string
    }
    answer: {
      items: Array<LogLine>
      older: string | null
      newer: string
      reachedAt: string | null
    }
  }
  /** List the mails that the platform keeps because no relay is set, newest first */
  'GET /mails': {
    query?: {
      limit?: string
      cursor?: string
    }
    answer: {
      items: Array<MailSummary>
      nextCursor: string | null
      kept: boolean
    }
  }
  /** Read a mail, as text */
  'GET /mails/{id}': {
    path: {
      id: string
    }
    answer: Mail
  }
  /** List operations, newest first */
  'GET /operations': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[type]'?: string
      'filter[type][ne]'?: string
      'filter[type][in]'?: string
      'filter[type][like]'?: string
      'filter[state]'?: 'pending' | 'running' | 'undoing' | 'needs-attention' | 'succeeded' | 'failed' | 'cancelled'
      'filter[state][ne]'?: 'pending' | 'running' | 'undoing' | 'needs-attention' | 'succeeded' | 'failed' | 'cancelled'
      'filter[state][in]'?: string
      'filter[subject]'?: string
      'filter[subject][ne]'?: string
      'filter[subject][in]'?: string
      'filter[subject][like]'?: string
      'filter[subjectKind]'?: string
      'filter[subjectKind][ne]'?: string
      'filter[subjectKind][in]'?: string
      'filter[subjectKind][like]'?: string
      'filter[tenantId]'?: string
      'filter[tenantId][ne]'?: string
      'filter[tenantId][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[endedAt][gt]'?: string
      'filter[endedAt][gte]'?: string
      'filter[endedAt][lt]'?: string
      'filter[endedAt][lte]'?: string
    }
    answer: {
      items: Array<Operation>
      nextCursor: string | null
    }
  }
  /** Read an operation with its log */
  'GET /operations/{id}': {
    path: {
      id: string
    }
    answer: Operation
  }
  /** Cancel an operation: what it did is undone */
  'PUT /operations/{id}/cancellation': {
    path: {
      id: string
    }
    answer: Operation
  }
  /** Follow an operation by server-sent events until it ends */
  'GET /operations/{id}/events': {
    path: {
      id: string
    }
    answer: null
  }
  /** Ask for a failed operation again, or try at once what waits */
  'POST /operations/{id}/retries': {
    path: {
      id: string
    }
    answer: {
      operation: Operation
    }
  }
  /** Start the operation that takes this one back */
  'POST /operations/{id}/reversals': {
    path: {
      id: string
    }
    answer: {
      operation: Operation
    }
  }
  /** Every permission there is here, and whether you hold it */
  'GET /permissions': {
    answer: {
      items: Array<Permission>
    }
  }
  /** List plans, cheapest first */
  'GET /plans': {
    answer: {
      items: Array<Plan>
      nextCursor: null
    }
  }
  /** Say when the sites of a plan are backed up and how long that is kept; sites with a schedule of their own keep it */
  'PUT /plans/{id}/backup-schedule': {
    path: {
      id: string
    }
    body: BackupPolicyInput
    answer: Plan
  }
  /** List the last plan of each scope */
  'GET /reconciliation': {
    answer: {
      items: Array<StoredReconciliationPlan>
      nextCursor: null
    }
  }
  /** Compare everything now, and repair it unless it is a dry run */
  'POST /reconciliation/runs': {
    body: {
      dryRun: boolean
    }
    answer: {
      dryRun: boolean
      plans: Array<ReconciliationPlan>
    }
  }
  /** Ask for a report as a CSV file: a job writes it and a mail tells when it is there */
  'POST /reports': {
    body: {
      type: 'people' | 'sites'
    }
    answer: {
      job: Job
    }
  }
  /** Roles: those of the system, then your own by name. All of them in one page */
  'GET /roles': {
    answer: {
      items: Array<Role>
      nextCursor: string | null
    }
  }
  /** Make a role of your own, of permissions that you hold */
  'POST /roles': {
    body: {
      name: string
      description?: string
      permissions: Array<string>
    }
    answer: Role
  }
  /** One role */
  'GET /roles/{id}': {
    path: {
      id: string
    }
    answer: Role
  }
  /** Change a role of your own; who has it may do the new things, and no longer the old ones, within 5 seconds */
  'PATCH /roles/{id}': {
    path: {
      id: string
    }
    body: {
      name?: string
      description?: string
      permissions?: Array<string>
    }
    answer: Role
  }
  /** Delete a role that nobody has */
  'DELETE /roles/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** List servers */
  'GET /servers': {
    answer: {
      items: Array<Server>
      nextCursor: null
    }
  }
  /** Whether the platform has an owner */
  'GET /setup': {
    answer: {
      claimed: boolean
      zone: string
      consoleUrl: string
      version: string
    }
  }
  /** Claim the platform with the setup code */
  'POST /setup': {
    body: {
      code: string
      email: string
      password: string
      name: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
    }
  }
  /** List sites, newest first */
  'GET /sites': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[state]'?: 'pending' | 'installing' | 'updating' | 'recovering' | 'active' | 'suspended' | 'inactive' | 'broken' | 'archived' | 'dropped'
      'filter[state][ne]'?: 'pending' | 'installing' | 'updating' | 'recovering' | 'active' | 'suspended' | 'inactive' | 'broken' | 'archived' | 'dropped'
      'filter[state][in]'?: string
      'filter[plan]'?: string
      'filter[plan][ne]'?: string
      'filter[plan][in]'?: string
      'filter[plan][like]'?: string
      'filter[host]'?: string
      'filter[host][ne]'?: string
      'filter[host][in]'?: string
      'filter[host][like]'?: string
      'filter[tenantId]'?: string
      'filter[tenantId][ne]'?: string
      'filter[tenantId][in]'?: string
      'filter[databaseBytes]'?: string
      'filter[databaseBytes][ne]'?: string
      'filter[databaseBytes][gt]'?: string
      'filter[databaseBytes][gte]'?: string
      'filter[databaseBytes][lt]'?: string
      'filter[databaseBytes][lte]'?: string
      'filter[databaseBytes][in]'?: string
      'filter[filesBytes]'?: string
      'filter[filesBytes][ne]'?: string
      'filter[filesBytes][gt]'?: string
      'filter[filesBytes][gte]'?: string
      'filter[filesBytes][lt]'?: string
      'filter[filesBytes][lte]'?: string
      'filter[filesBytes][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
    }
    answer: {
      items: Array<Site>
      nextCursor: string | null
    }
  }
  /** Create a site */
  'POST /sites': {
    body: {
      name: string
      /** Name of a plan; the first one when absent */
      plan?: string
      adminEmail: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Read a site */
  'GET /sites/{id}': {
    path: {
      id: string
    }
    answer: Site
  }
  /** Drop a site with its database and files */
  'DELETE /sites/{id}': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** A single-use link that opens a site as its administrator */
  'POST /sites/{id}/admin-tickets': {
    path: {
      id: string
    }
    answer: {
      url: string
      expiresAt: string
    }
  }
  /** Archive a site: its final backup is kept, its database goes */
  'PUT /sites/{id}/archival': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Revive an archived site under its name and hosts */
  'DELETE /sites/{id}/archival': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Read when a site is backed up and how long that is kept */
  'GET /sites/{id}/backup-schedule': {
    path: {
      id: string
    }
    answer: BackupSchedule
  }
  /** Give a site a backup schedule of its own */
  'PUT /sites/{id}/backup-schedule': {
    path: {
      id: string
    }
    body: BackupPolicyInput
    answer: BackupSchedule
  }
  /** Let a site be backed up as its plan says */
  'DELETE /sites/{id}/backup-schedule': {
    path: {
      id: string
    }
    answer: BackupSchedule
  }
  /** List the backups of a site, newest first */
  'GET /sites/{id}/backups': {
    path: {
      id: string
    }
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[state]'?: 'pending' | 'running' | 'stored' | 'verified' | 'failed' | 'removing'
      'filter[state][ne]'?: 'pending' | 'running' | 'stored' | 'verified' | 'failed' | 'removing'
      'filter[state][in]'?: string
      'filter[reason]'?: 'on-demand' | 'scheduled' | 'before-restore' | 'archive'
      'filter[reason][ne]'?: 'on-demand' | 'scheduled' | 'before-restore' | 'archive'
      'filter[reason][in]'?: string
      'filter[release]'?: string
      'filter[release][ne]'?: string
      'filter[release][in]'?: string
      'filter[release][like]'?: string
      'filter[sizeBytes]'?: string
      'filter[sizeBytes][ne]'?: string
      'filter[sizeBytes][gt]'?: string
      'filter[sizeBytes][gte]'?: string
      'filter[sizeBytes][lt]'?: string
      'filter[sizeBytes][lte]'?: string
      'filter[sizeBytes][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[takenAt][gt]'?: string
      'filter[takenAt][gte]'?: string
      'filter[takenAt][lt]'?: string
      'filter[takenAt][lte]'?: string
    }
    answer: {
      items: Array<Backup>
      nextCursor: string | null
    }
  }
  /** Back up a site, and prove that the backup restores */
  'POST /sites/{id}/backups': {
    path: {
      id: string
    }
    answer: {
      backup: Backup
      operation: Operation
    }
  }
  /** Read what was logged about a site, oldest line first */
  'GET /sites/{id}/logs': {
    path: {
      id: string
    }
    query?: {
      search?: string
      level?: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'
      limit?: string
      before?: string
      after?: string
    }
    answer: {
      items: Array<SiteLogLine>
      older: string | null
      newer: string | null
      reachedAt: string | null
    }
  }
  /** Restart a site */
  'POST /sites/{id}/restarts': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Restore a backup of this site in place; a safety backup is made first */
  'POST /sites/{id}/restorations': {
    path: {
      id: string
    }
    body: {
      backupId: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Suspend a site */
  'PUT /sites/{id}/suspension': {
    path: {
      id: string
    }
    body: {
      reason?: string
    } | null
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** Resume a suspended site */
  'DELETE /sites/{id}/suspension': {
    path: {
      id: string
    }
    answer: {
      site: Site
      operation: Operation
    }
  }
  /** List organisations, newest first */
  'GET /tenants': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[slug]'?: string
      'filter[slug][ne]'?: string
      'filter[slug][in]'?: string
      'filter[slug][like]'?: string
      'filter[state]'?: 'active' | 'suspended'
      'filter[state][ne]'?: 'active' | 'suspended'
      'filter[state][in]'?: string
      'filter[plan]'?: string
      'filter[plan][ne]'?: string
      'filter[plan][in]'?: string
      'filter[plan][like]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
    }
    answer: {
      items: Array<Tenant>
      nextCursor: string | null
    }
  }
  /** Make an organisation: its owner is invited by mail, or is you where no address is given */
  'POST /tenants': {
    body: {
      name: string
      domain?: string | null
      settings?: TenantSettingsChangeInput
      /** Made from the name where not given */
      slug?: string
      ownerEmail?: string
      ownerName?: string
      /** Name of a plan */
      plan?: string
      maxSites?: number
    }
    answer: {
      tenant: Tenant
      invitation: {
        id: string
        email: string
        expiresAt: string
      } | null
    }
  }
  /** Read your organisation */
  'GET /tenants/me': {
    answer: Tenant
  }
  /** Change name, domain or settings of your organisation; what is not given stays */
  'PATCH /tenants/me': {
    body: {
      name?: string
      domain?: string | null
      settings?: TenantSettingsChangeInput
    }
    answer: Tenant
  }
  /** Read an organisation */
  'GET /tenants/{id}': {
    path: {
      id: string
    }
    answer: Tenant
  }
  /** Change an organisation, its plan or how many sites it may have; what is not given stays */
  'PATCH /tenants/{id}': {
    path: {
      id: string
    }
    body: {
      name?: string
      domain?: string | null
      settings?: TenantSettingsChangeInput
      /** Name of a plan */
      plan?: string
      maxSites?: number
    }
    answer: Tenant
  }
  /** Suspend an organisation: its people are shut out, its sites are suspended */
  'PUT /tenants/{id}/suspension': {
    path: {
      id: string
    }
    body: {
      reason?: string
    } | null
    answer: {
      tenant: Tenant
      /** Of the sites that begin at once; others follow by themselves */
      operationIds: Array<string>
    }
  }
  /** Let an organisation in again, and resume the sites that were suspended with it */
  'DELETE /tenants/{id}/suspension': {
    path: {
      id: string
    }
    answer: {
      tenant: Tenant
      /** Of the sites that begin at once; others follow by themselves */
      operationIds: Array<string>
    }
  }
  /** Users, newest first; those who were erased are not listed */
  'GET /users': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[email]'?: string
      'filter[email][ne]'?: string
      'filter[email][in]'?: string
      'filter[email][like]'?: string
      'filter[state]'?: 'active' | 'disabled'
      'filter[state][ne]'?: 'active' | 'disabled'
      'filter[state][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[updatedAt][gt]'?: string
      'filter[updatedAt][gte]'?: string
      'filter[updatedAt][lt]'?: string
      'filter[updatedAt][lte]'?: string
    }
    answer: {
      items: Array<User>
      nextCursor: string | null
    }
  }
  /** Your own user */
  'GET /users/me': {
    answer: OwnUser
  }
  /** Change your name or the language of your mails */
  'PATCH /users/me': {
    body: {
      name?: string
      /** Language of mails. */
      locale?: 'fr' | 'en'
    }
    answer: OwnUser
  }
  /** One user */
  'GET /users/{id}': {
    path: {
      id: string
    }
    answer: User
  }
  /** Change the name or the roles of a user; new roles count within 5 seconds */
  'PATCH /users/{id}': {
    path: {
      id: string
    }
    body: {
      name?: string
      /** Ids of roles: of a system role its name. */
      roles?: Array<string>
    }
    answer: User
  }
  /** Erase a user for good: name and address go, what they did stays without them */
  'DELETE /users/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Shut a user out: their sessions end within 5 seconds; other organisations of the same account are not concerned */
  'PUT /users/{id}/deactivation': {
    path: {
      id: string
    }
    answer: User
  }
  /** Let a user in again */
  'DELETE /users/{id}/deactivation': {
    path: {
      id: string
    }
    answer: User
  }
  /** List webhooks, with how the last delivery went */
  'GET /webhooks': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[url]'?: string
      'filter[url][ne]'?: string
      'filter[url][in]'?: string
      'filter[url][like]'?: string
      'filter[enabled]'?: 'true' | 'false'
      'filter[enabled][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
    }
    answer: {
      items: Array<Webhook>
      nextCursor: string | null
    }
  }
  /** Send events to a URL. The secret that signs them is in this answer and in no other */
  'POST /webhooks': {
    body: {
      url: string
      description?: string
      /** Types of events (GET /event-types); none: every event. */
      types?: Array<string>
      enabled?: boolean
    }
    answer: {
      webhook: Webhook
      /** What signs, `whsec_...`: in this answer and in no other. Null when the request was repeated. */
      secret: string | null
    }
  }
  /** One webhook */
  'GET /webhooks/{id}': {
    path: {
      id: string
    }
    answer: Webhook
  }
  /** Change a webhook. While it is disabled nothing is sent, and what happens meanwhile is not sent later */
  'PATCH /webhooks/{id}': {
    path: {
      id: string
    }
    body: {
      url?: string
      description?: string
      /** Types of events (GET /event-types); none: every event. */
      types?: Array<string>
      enabled?: boolean
    }
    answer: Webhook
  }
  /** Remove a webhook with its log. What was still to be sent there is not sent */
  'DELETE /webhooks/{id}': {
    path: {
      id: string
    }
    answer: null
  }
  /** Attempts to deliver events to a webhook, newest first: of 30 days, a thousand at most */
  'GET /webhooks/{id}/deliveries': {
    path: {
      id: string
    }
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      'filter[at][gt]'?: string
      'filter[at][gte]'?: string
      'filter[at][lt]'?: string
      'filter[at][lte]'?: string
      'filter[eventId]'?: string
      'filter[eventId][ne]'?: string
      'filter[eventId][in]'?: string
      'filter[type]'?: string
      'filter[type][ne]'?: string
      'filter[type][in]'?: string
      'filter[type][like]'?: string
      'filter[outcome]'?: 'delivered' | 'retrying' | 'failed'
      'filter[outcome][ne]'?: 'delivered' | 'retrying' | 'failed'
      'filter[outcome][in]'?: string
    }
    answer: {
      items: Array<WebhookDelivery>
      nextCursor: string | null
    }
  }
  /** Send an event to a webhook again, with fresh attempts; what waits behind it follows */
  'POST /webhooks/{id}/deliveries/{eventId}/replays': {
    path: {
      id: string
      eventId: string
    }
    answer: {
      eventId: string
    }
  }
  /** Renew the secret of a webhook; for 24 hours the old one signs as well */
  'POST /webhooks/{id}/secrets': {
    path: {
      id: string
    }
    answer: {
      webhook: Webhook
      secret: string
    }
  }
  /** Send a `test` event to a webhook, once, also while it is disabled; how it went is among its deliveries */
  'POST /webhooks/{id}/tests': {
    path: {
      id: string
    }
    answer: {
      eventId: string
    }
  }
}
