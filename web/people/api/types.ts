/** Answers of the API that control plane and sites have in common (openapi/manager.json, openapi/site.json). */

/** A role somebody has: of the system, whose id is its name, or an own one. */
export interface HeldRole {
  id: string
  name: string
  system: boolean
}

export interface Me {
  user: { id: string; email: string; name: string; roles: HeldRole[] }
  permissions: string[]
}

/** A user: an account in this tenant, or in this site. */
export interface User {
  id: string
  email: string
  name: string
  roles: HeldRole[]
  state: 'active' | 'disabled'
  secondFactor: boolean
  /** Null until the first time. */
  lastSignInAt: string | null
  version: number
  createdAt: string
  updatedAt: string
}

export interface Invitation {
  id: string
  email: string
  name: string
  roles: HeldRole[]
  state: 'open' | 'expired'
  invitedBy: string
  createdAt: string
  expiresAt: string
  /** Null while its mail waits to be sent. */
  sentAt: string | null
}

export interface OwnUser extends User {
  /** Null while none was chosen. */
  locale: string | null
}

export interface InspectedInvitation {
  email: string
  name: string
  place: string
  accountExists: boolean
}

export interface SecondFactor {
  on: boolean
  since: string | null
  recoveryCodesLeft: number
}

/** A secret that waits for its first code; `url` is what an authenticator app reads from the picture. */
export interface OfferedSecondFactor {
  secret: string
  url: string
}

/** Shown once. */
export interface RecoveryCodes {
  recoveryCodes: string[]
}

export interface Session {
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

export interface ApiToken {
  id: string
  name: string
  prefix: string
  scopes: string[]
  createdAt: string
  expiresAt: string
  lastUsedAt: string | null
  lastUsedIp: string | null
}

/** The token itself is in this answer and in no other. */
export interface MadeApiToken {
  token: string
  apiToken: ApiToken
}

/** Something that can be asked for, and whether who asks has it. */
export interface Permission {
  name: string
  resource: string
  action: string
  held: boolean
}

export interface Role {
  id: string
  name: string
  description: string
  system: boolean
  /** `*` is every one. */
  permissions: string[]
  /** How many have it. */
  users: number
  version: number | null
}

export interface AuditEntry {
  id: string
  at: string
  actor: { id: string | null; label: string }
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
  seal: { number: number; hash: string } | null
}

export interface AuditVerification {
  ok: boolean
  /** Entries whose seal was compared. */
  checked: number
  firstBad: { chain: string; entryId: string | null; at: string | null; why: string } | null
  /** Entries that no seal protects yet. */
  unsealed: number
  anchors: { checked: number; lastAt: string | null }
}

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'discarded'

export interface Job {
  id: string
  name: string
  queue: 'high' | 'default' | 'low'
  state: JobState
  /** From 0 to 1. */
  progress: number
  progressText: string | null
  attempts: number
  maxAttempts: number
  lastError: string | null
  runAt: string
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  /** What it made, for some minutes; null in lists. */
  file: { url: string; rows: number; sizeBytes: number } | null
  actions: { name: 'retry' | 'discard'; allowed: boolean; reason: string | null }[]
}

export type Outcome = 'delivered' | 'retrying' | 'failed'

export interface Webhook {
  id: string
  url: string
  description: string
  /** None: every event. */
  types: string[]
  enabled: boolean
  /** False in a copy of a site, until it is renewed. */
  hasSecret: boolean
  createdBy: string
  createdAt: string
  version: number
  lastDelivery: { outcome: Outcome; status: number | null; detail: string; at: string } | null
}

/** The secret is in this answer and in no other. */
export interface MadeWebhook {
  webhook: Webhook
  secret: string
}

/** One attempt to send an event to a webhook. */
export interface WebhookDelivery {
  id: string
  eventId: string
  type: string
  attempt: number
  outcome: Outcome
  status: number | null
  detail: string
  durationMs: number
  at: string
}

export interface EventType {
  type: string
  version: number
}

/** An event that a handler gave up. */
export interface DeadLetter {
  eventId: string
  handler: string
  type: string
  occurredAt: string
  attempts: number
  lastError: string | null
  /** Later events that wait behind it. */
  heldBack: number
}
