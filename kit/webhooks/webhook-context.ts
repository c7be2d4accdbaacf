import type { FastifyRequest } from 'fastify'
import type { IdempotentAnswer, RoutePolicy } from '../http/index.ts'
import type { Vault } from '../secrets/index.ts'
import type { Db, Tx } from '../sql/index.ts'
import type { AddressRule } from './webhook-address.ts'

/** What of a request the routes need: whose webhooks, and who asks. */
export interface WebhookContext {
  db: Db
  tenantId: string
  vault: Vault
  /** For people, as `createdBy`. */
  actorLabel: string
  /** In the transaction of the change. */
  audit(tx: Tx, entry: { action: string; resource: string; resourceId: string; changes: object }): Promise<void>
  /** Once per idempotency key of the request. */
  once<Body extends object>(tx: Tx, work: () => Promise<IdempotentAnswer<Body>>): Promise<IdempotentAnswer<Body>>
  afterCommit(): void
}

export interface WebhookRoutesOptions {
  rule: AddressRule
  contextOf(request: FastifyRequest): WebhookContext
}

export const policies: Record<'read' | 'write', RoutePolicy> = {
  read: { kind: 'permission', permission: 'webhooks.read' },
  write: { kind: 'permission', permission: 'webhooks.write' },
}
