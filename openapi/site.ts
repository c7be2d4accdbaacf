// Made from site.json by tools/generate-reference.ts. Change the routes, never this file.

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

export type Customer = {
  kind: 'company' | 'person'
  name: string
  email: string | null
  phone: string | null
  siren: string | null
  siret: string | null
  vatNumber: string | null
  billingAddress: {
    line1: string
    line2: string | null
    postalCode: string
    city: string
    countryCode: string
  } | null
  deliveryAddress: {
    line1: string
    line2: string | null
    postalCode: string
    city: string
    countryCode: string
  } | null
  paymentTermDays: number
  id: string
  version: number
  createdAt: string
  updatedAt: string
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

export type Order = {
  id: string
  number: string | null
  state: 'draft' | 'submitted' | 'cancelled'
  customer: {
    id: string
    kind: 'company' | 'person'
    name: string
    email: string | null
    phone: string | null
    siren: string | null
    siret: string | null
    vatNumber: string | null
    billingAddress: {
      line1: string
      line2: string | null
      postalCode: string
      city: string
      countryCode: string
    } | null
    deliveryAddress: {
      line1: string
      line2: string | null
      postalCode: string
      city: string
      countryCode: string
    } | null
    paymentTermDays: number
  }
  lines: Array<{
    id: string
    product: {
      id: string
      sku: string
      name: string
      kind: 'goods' | 'service'
    }
    description: string | null
    quantity: string
    unit: string
    unitPrice: {
      amount: string
      currency: 'EUR'
    }
    discountPercent: string | null
    net: {
      amount: string
      currency: 'EUR'
    }
    vat: {
      category: string
      rate: string
    }
  }>
  discount: {
    percent: string
  } | {
    amount: string
  } | null
  note: string | null
  totals: {
    linesNet: {
      amount: string
      currency: 'EUR'
    }
    discount: {
      amount: string
      currency: 'EUR'
    }
    net: {
      amount: string
      currency: 'EUR'
    }
    vat: Array<{
      category: 'S' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'Z'
      rate: string
      base: {
        amount: string
        currency: 'EUR'
      }
      amount: {
        amount: string
        currency: 'EUR'
      }
    }>
    vatTotal: {
      amount: string
      currency: 'EUR'
    }
    gross: {
      amount: string
      currency: 'EUR'
    }
  }
  version: number
  createdAt: string
  updatedAt: string
  submittedAt: string | null
  cancelledAt: string | null
  cancellationReason: string | null
  actions: Array<{
    name: 'edit' | 'submit' | 'cancel'
    allowed: boolean
    reason: string | null
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

export type Product = {
  sku: string
  name: string
  description: string | null
  unit: string
  kind: 'goods' | 'service'
  vat: {
    category: string
    rate: string
  }
  unitPrice: {
    amount: string
    currency: 'EUR'
  }
  barcode: string | null
  reorderLevel: string | null
  id: string
  picture: {
    url: string
    contentType: string
    sizeBytes: number
    width: number
    height: number
  } | null
  stock: {
    onHand: string
    reserved: string
    available: string
  } | null
  archivedAt: string | null
  version: number
  createdAt: string
  updatedAt: string
  actions: Array<{
    name: 'edit' | 'archive' | 'restore' | 'sell' | 'receive-stock' | 'adjust-stock'
    allowed: boolean
    reason: string | null
  }>
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

export type SiteSelf = {
  id: string
  name: string
  host: string
  plan: {
    title: string
    maxStorageBytes: number
    maxUsers: number
  }
  usage: {
    storageBytes: number
    users: number
  }
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
  /** Who you are here */
  'GET /auth/me': {
    answer: {
      user: {
        id: string
        email: string
        name: string
        roles: Array<HeldRole>
      }
      site: {
        id: string
        name: string
        host: string
      }
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
  /** Exchange a single-use ticket for a session */
  'POST /auth/tickets': {
    body: {
      ticket: string
    }
    answer: {
      /** Send it as `Authorization: Bearer`. Lives 15 minutes. */
      accessToken: string
      expiresInSeconds: number
      mustSetPassword: boolean
    }
  }
  /** Customers, newest first */
  'GET /customers': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[kind]'?: 'company' | 'person'
      'filter[kind][ne]'?: 'company' | 'person'
      'filter[kind][in]'?: string
      'filter[email]'?: string
      'filter[email][ne]'?: string
      'filter[email][in]'?: string
      'filter[email][like]'?: string
      'filter[phone]'?: string
      'filter[phone][ne]'?: string
      'filter[phone][in]'?: string
      'filter[phone][like]'?: string
      'filter[siren]'?: string
      'filter[siren][ne]'?: string
      'filter[siren][in]'?: string
      'filter[siren][like]'?: string
      'filter[siret]'?: string
      'filter[siret][ne]'?: string
      'filter[siret][in]'?: string
      'filter[siret][like]'?: string
      'filter[vatNumber]'?: string
      'filter[vatNumber][ne]'?: string
      'filter[vatNumber][in]'?: string
      'filter[vatNumber][like]'?: string
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
      items: Array<Customer>
      nextCursor: string | null
    }
  }
  /** Create a customer */
  'POST /customers': {
    body: {
      kind: 'company' | 'person'
      name: string
      email?: string | null
      phone?: string | null
      siren?: string | null
      siret?: string | null
      vatNumber?: string | null
      billingAddress?: {
        line1: string
        line2?: string | null
        postalCode: string
        city: string
        countryCode?: string
      } | null
      deliveryAddress?: {
        line1: string
        line2?: string | null
        postalCode: string
        city: string
        countryCode?: string
      } | null
      paymentTermDays?: number
    }
    answer: Customer
  }
  /** One customer */
  'GET /customers/{id}': {
    path: {
      id: string
    }
    answer: Customer
  }
  /** Change a customer */
  'PATCH /customers/{id}': {
    path: {
      id: string
    }
    body: {
      kind?: 'company' | 'person'
      name?: string
      email?: string | null
      phone?: string | null
      siren?: string | null
      siret?: string | null
      vatNumber?: string | null
      billingAddress?: {
        line1: string
        line2?: string | null
        postalCode: string
        city: string
        countryCode?: string
      } | null
      deliveryAddress?: {
        line1: string
        line2?: string | null
        postalCode: string
        city: string
        countryCode?: string
      } | null
      paymentTermDays?: number
    }
    answer: Customer
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
  /** What an order of these lines would cost; nothing is stored */
  'POST /order-totals': {
    body: {
      lines: Array<{
        productId: string
        quantity: string
        /** Default: the price of the product. */
        unitPrice?: string
        discountPercent?: string | null
        description?: string | null
      }>
      discount?: {
        percent: string
      } | {
        amount: string
      } | null
    }
    answer: {
      linesNet: {
        amount: string
        currency: 'EUR'
      }
      discount: {
        amount: string
        currency: 'EUR'
      }
      net: {
        amount: string
        currency: 'EUR'
      }
      vat: Array<{
        category: 'S' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'Z'
        rate: string
        base: {
          amount: string
          currency: 'EUR'
        }
        amount: {
          amount: string
          currency: 'EUR'
        }
      }>
      vatTotal: {
        amount: string
        currency: 'EUR'
      }
      gross: {
        amount: string
        currency: 'EUR'
      }
      lines: Array<{
        net: {
          amount: string
          currency: 'EUR'
        }
      }>
    }
  }
  /** Orders, newest first */
  'GET /orders': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[number]'?: string
      'filter[number][ne]'?: string
      'filter[number][in]'?: string
      'filter[number][like]'?: string
      'filter[state]'?: 'draft' | 'submitted' | 'cancelled'
      'filter[state][ne]'?: 'draft' | 'submitted' | 'cancelled'
      'filter[state][in]'?: string
      'filter[customerId]'?: string
      'filter[customerId][ne]'?: string
      'filter[customerId][in]'?: string
      'filter[customer]'?: string
      'filter[customer][ne]'?: string
      'filter[customer][in]'?: string
      'filter[customer][like]'?: string
      'filter[net]'?: string
      'filter[net][ne]'?: string
      'filter[net][gt]'?: string
      'filter[net][gte]'?: string
      'filter[net][lt]'?: string
      'filter[net][lte]'?: string
      'filter[net][in]'?: string
      'filter[gross]'?: string
      'filter[gross][ne]'?: string
      'filter[gross][gt]'?: string
      'filter[gross][gte]'?: string
      'filter[gross][lt]'?: string
      'filter[gross][lte]'?: string
      'filter[gross][in]'?: string
      'filter[createdAt][gt]'?: string
      'filter[createdAt][gte]'?: string
      'filter[createdAt][lt]'?: string
      'filter[createdAt][lte]'?: string
      'filter[updatedAt][gt]'?: string
      'filter[updatedAt][gte]'?: string
      'filter[updatedAt][lt]'?: string
      'filter[updatedAt][lte]'?: string
      'filter[submittedAt][gt]'?: string
      'filter[submittedAt][gte]'?: string
      'filter[submittedAt][lt]'?: string
      'filter[submittedAt][lte]'?: string
    }
    answer: {
      items: Array<Order>
      nextCursor: string | null
    }
  }
  /** Write a draft */
  'POST /orders': {
    body: {
      customerId: string
      lines: Array<{
        productId: string
        quantity: string
        /** Default: the price of the product. */
        unitPrice?: string
        discountPercent?: string | null
        description?: string | null
      }>
      discount?: {
        percent: string
      } | {
        amount: string
      } | null
      note?: string | null
    }
    answer: Order
  }
  /** One order */
  'GET /orders/{id}': {
    path: {
      id: string
    }
    answer: Order
  }
  /** Replace a draft */
  'PUT /orders/{id}': {
    path: {
      id: string
    }
    body: {
      customerId: string
      lines: Array<{
        productId: string
        quantity: string
        /** Default: the price of the product. */
        unitPrice?: string
        discountPercent?: string | null
        description?: string | null
      }>
      discount?: {
        percent: string
      } | {
        amount: string
      } | null
      note?: string | null
    }
    answer: Order
  }
  /** Cancel: gives reserved stock back; repeating it changes nothing */
  'PUT /orders/{id}/cancellation': {
    path: {
      id: string
    }
    body: {
      reason?: string | null
    } | null
    answer: Order
  }
  /** Submit: reserves stock and gives the number; repeating it changes nothing */
  'PUT /orders/{id}/submission': {
    path: {
      id: string
    }
    answer: Order
  }
  /** Every permission there is here, and whether you hold it */
  'GET /permissions': {
    answer: {
      items: Array<Permission>
    }
  }
  /** Products, newest first */
  'GET /products': {
    query?: {
      limit?: string
      cursor?: string
      sort?: string
      search?: string
      'filter[sku]'?: string
      'filter[sku][ne]'?: string
      'filter[sku][in]'?: string
      'filter[sku][like]'?: string
      'filter[name]'?: string
      'filter[name][ne]'?: string
      'filter[name][in]'?: string
      'filter[name][like]'?: string
      'filter[kind]'?: 'goods' | 'service'
      'filter[kind][ne]'?: 'goods' | 'service'
      'filter[kind][in]'?: string
      'filter[barcode]'?: string
      'filter[barcode][ne]'?: string
      'filter[barcode][in]'?: string
      'filter[barcode][like]'?: string
      'filter[unitPrice]'?: string
      'filter[unitPrice][ne]'?: string
      'filter[unitPrice][gt]'?: string
      'filter[unitPrice][gte]'?: string
      'filter[unitPrice][lt]'?: string
      'filter[unitPrice][lte]'?: string
      'filter[unitPrice][in]'?: string
      'filter[archived]'?: 'true' | 'false'
      'filter[archived][in]'?: string
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
      items: Array<Product>
      nextCursor: string | null
    }
  }
  /** Create a product */
  'POST /products': {
    body: {
      sku: string
      name: string
      description?: string | null
      unit?: string
      kind?: 'goods' | 'service'
      vat?: {
        category: 'S' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'Z'
        rate: string
      }
      unitPrice: {
        amount: string
        currency: 'EUR'
      }
      barcode?: string | null
      reorderLevel?: string | null
    }
    answer: Product
  }
  /** One product */
  'GET /products/{id}': {
    path: {
      id: string
    }
    answer: Product
  }
  /** Change a product */
  'PATCH /products/{id}': {
    path: {
      id: string
    }
    body: {
      sku?: string
      name?: string
      description?: string | null
      unit?: string
      kind?: 'goods' | 'service'
      vat?: {
        category: 'S' | 'E' | 'AE' | 'K' | 'G' | 'O' | 'Z'
        rate: string
      }
      unitPrice?: {
        amount: string
        currency: 'EUR'
      }
      barcode?: string | null
      reorderLevel?: string | null
    }
    answer: Product
  }
  /** Archive a product */
  'PUT /products/{id}/archival': {
    path: {
      id: string
    }
    answer: Product
  }
  /** Restore a product */
  'DELETE /products/{id}/archival': {
    path: {
      id: string
    }
    answer: Product
  }
  /** Set the picture: the body is the file itself (PNG, JPEG, WebP or GIF, at most 10 MiB) */
  'PUT /products/{id}/picture': {
    path: {
      id: string
    }
    answer: Product
  }
  /** Remove the picture */
  'DELETE /products/{id}/picture': {
    path: {
      id: string
    }
    answer: Product
  }
  /** Stock of a product: level, last movements, who holds it. A service has none of them. */
  'GET /products/{id}/stock': {
    path: {
      id: string
    }
    answer: {
      onHand: string
      reserved: string
      available: string
      movements: Array<{
        id: string
        kind: 'receipt' | 'adjustment'
        quantity: string
        reason: string | null
        at: string
        actor: {
          id: string
          label: string
        }
      }>
      reservations: Array<{
        orderId: string
        orderNumber: string | null
        customerName: string
        quantity: string
      }>
    }
  }
  /** Receive or adjust stock */
  'POST /products/{id}/stock-movements': {
    path: {
      id: string
    }
    body: {
      kind: 'receipt' | 'adjustment'
      /** Signed: an adjustment below 0 takes stock away. */
      quantity: string
      reason?: string
    }
    answer: {
      stock: {
        onHand: string
        reserved: string
        available: string
      }
    }
  }
  /** Ask for a report as a CSV file: a job writes it and a mail tells when it is there */
  'POST /reports': {
    body: {
      type: 'people' | 'products' | 'orders'
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
  /** This site: plan and what of it is used */
  'GET /site': {
    answer: SiteSelf
  }
  /** Whether this site answers, its database included */
  'GET /status': {
    answer: {
      site: {
        id: string
        name: string
      }
      release: string
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
