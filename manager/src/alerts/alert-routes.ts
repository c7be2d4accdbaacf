import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope, type Db } from '@platen/kit/sql'
import { z } from 'zod'
import { scopeOf } from '../scope.ts'
import { acknowledgeAlert, alertList, listAlerts } from './alert-store.ts'
import { alertSchema, toAlertAnswer } from './alert-view.ts'
import { alertProblems } from './problems.ts'

/** What operators must know of, open and past. */
export function registerAlertRoutes(app: HttpServer, { db }: { db: Db }): void {
  app.route({
    method: 'GET',
    url: '/api/v1/alerts',
    config: { policy: { kind: 'operator' } },
    schema: {
      tags: ['alerts'],
      summary: 'List alerts, newest first',
      querystring: alertList.query,
      response: { 200: pageOf(alertSchema) },
    },
    handler: async (request) => {
      return mapPage(
        await withScope(db, scopeOf(principalOf(request)), (tx) => listAlerts(tx, request.query)),
        toAlertAnswer,
      )
    },
  })

  app.route({
    method: 'PUT',
    url: '/api/v1/alerts/:id/acknowledgement',
    config: { policy: { kind: 'operator' }, problems: ['alert-not-found'] },
    schema: {
      tags: ['alerts'],
      summary: 'Acknowledge an alert: somebody takes care of it. It stays open until its cause is gone',
      params: z.strictObject({ id: z.uuid() }),
      response: { 200: alertSchema },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { id } = request.params
      return withScope(db, scopeOf(principal), async (tx) => {
        const found = await acknowledgeAlert(tx, id, principal.email)
        if (found === undefined) throw alertProblems.problem('alert-not-found', 'No alert has this id.')
        if (found.isNew)
          await appendAudit(tx, {
            tenantId: null,
            actor: actorOf(principal, visitorOf(request)),
            action: 'alert.acknowledged',
            resource: 'alert',
            resourceId: id,
            changes: { kind: found.alert.kind },
          })
        return toAlertAnswer(found.alert)
      })
    },
  })
}
