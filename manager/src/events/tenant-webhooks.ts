import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import type { HttpServer } from '@platen/kit/http'
import type { Vault } from '@platen/kit/secrets'
import type { Db } from '@platen/kit/sql'
import { registerWebhookRoutes, type AddressRule, type WebhookPlace } from '@platen/kit/webhooks'
import { idempotent } from '../idempotency/index.ts'

export interface TenantWebhooksOptions {
  db: Db
  vault: Vault
  webhookAddresses: AddressRule
}

/** Webhooks of the organisation of who asks, of an operator too. What is to be sent is sent by the next turn of the relay. */
export function registerTenantWebhookRoutes(app: HttpServer, options: TenantWebhooksOptions): void {
  registerWebhookRoutes(app, {
    rule: options.webhookAddresses,
    contextOf: (request) => {
      const principal = principalOf(request)
      const { tenantId } = principal
      const actor = actorOf(principal, visitorOf(request))
      return {
        db: options.db,
        vault: options.vault,
        tenantId,
        actorLabel: principal.email,
        audit: (tx, entry) => appendAudit(tx, { ...entry, tenantId, actor }),
        once: (tx, work) => idempotent(tx, request, work),
        afterCommit: () => undefined,
      }
    },
  })
}

/** Where those who deliver find what is due, as the worker role. */
export const controlPlaneWebhooks = ({ db, vault }: { db: Db; vault: Vault }): WebhookPlace => ({
  place: 'control-plane',
  open: () => ({ db, vault, close: () => undefined }),
})
