import { commerceIdempotencyKeys } from '@platen/commerce'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { idempotentRequest, runOnce, type HttpServer } from '@platen/kit/http'
import { registerWebhookRoutes, type AddressRule } from '@platen/kit/webhooks'
import type { Deliveries } from './deliveries.ts'
import { siteOf } from './site-of-request.ts'

/** Webhooks of the site that is asked. */
export function registerSiteWebhookRoutes(
  app: HttpServer,
  { deliveries, webhookAddresses }: { deliveries: Deliveries; webhookAddresses: AddressRule },
): void {
  registerWebhookRoutes(app, {
    rule: webhookAddresses,
    contextOf: (request) => {
      const site = siteOf(request)
      const { db, vault } = site.resources()
      const tenantId = site.snapshot.id
      const principal = principalOf(request)
      const actor = actorOf(principal, visitorOf(request))
      const identified = () => idempotentRequest(request, { tenantId, accountId: principal.userId })
      return {
        db,
        vault,
        tenantId,
        actorLabel: principal.email,
        audit: (tx, entry) => appendAudit(tx, { ...entry, tenantId, actor }),
        once: (tx, work) => runOnce(tx, commerceIdempotencyKeys, identified(), work),
        afterCommit: () => deliveries.nudge(site),
      }
    },
  })
}
