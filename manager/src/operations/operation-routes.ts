import { z } from 'zod'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import { pageOf, sendEvents, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import {
  cancelOperation,
  followOperation,
  listOperations,
  operationList,
  operationProblems,
  readOperation,
  readOperationLog,
  type OperationView,
} from '@platen/kit/operations'
import { withScope, type Connection, type Db, type Tx } from '@platen/kit/sql'
import { scopeOf } from '../scope.ts'
import { operationSchema, toOperationAnswer } from './operation-view.ts'

const params = z.strictObject({ id: z.uuid() })

export interface OperationRoutesOptions {
  db: Db
  /** For following changes. */
  connection: Connection
}

/** What runs on the platform, step by step, as far as the caller's tenant goes. */
export function registerOperationRoutes(app: HttpServer, options: OperationRoutesOptions): void {
  registerReading(app, options)
  registerFollowing(app, options)
  registerCancellation(app, options)
}

function registerReading(app: HttpServer, { db }: OperationRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/operations',
    config: { policy: { kind: 'permission', permission: 'operations.read' } },
    schema: {
      tags: ['operations'],
      summary: 'List operations, newest first',
      querystring: operationList.query,
      response: { 200: pageOf(operationSchema) },
    },
    handler: async (request) => {
      const page = await withScope(db, scopeOf(principalOf(request)), (tx) => listOperations(tx, request.query))
      return mapPage(page, (view) => toOperationAnswer(view))
    },
  })

  app.route({
    method: 'GET',
    url: '/api/v1/operations/:id',
    config: { policy: { kind: 'permission', permission: 'operations.read' }, problems: ['operation-not-found'] },
    schema: {
      tags: ['operations'],
      summary: 'Read an operation with its log',
      params,
      response: { 200: operationSchema },
    },
    handler: (request) =>
      withScope(db, scopeOf(principalOf(request)), async (tx) =>
        toOperationAnswer(await requireOperation(tx, request.params.id), await readOperationLog(tx, request.params.id)),
      ),
  })
}

function registerFollowing(app: HttpServer, { db, connection }: OperationRoutesOptions): void {
  app.route({
    method: 'GET',
    url: '/api/v1/operations/:id/events',
    config: { policy: { kind: 'permission', permission: 'operations.read' }, problems: ['operation-not-found'] },
    schema: { tags: ['operations'], summary: 'Follow an operation by server-sent events until it ends', params },
    handler: async (request, reply) => {
      const scope = scopeOf(principalOf(request))
      const { id } = request.params
      await withScope(db, scope, (tx) => requireOperation(tx, id))
      return sendEvents(reply, async function* (signal: AbortSignal) {
        for await (const view of followOperation(db, connection, id, signal, scope)) {
          const log = await withScope(db, scope, (tx) => readOperationLog(tx, id))
          yield { event: 'operation', data: toOperationAnswer(view, log) }
        }
      })
    },
  })
}

function registerCancellation(app: HttpServer, { db }: OperationRoutesOptions): void {
  app.route({
    method: 'PUT',
    url: '/api/v1/operations/:id/cancellation',
    config: {
      policy: { kind: 'permission', permission: 'operations.cancel' },
      problems: ['operation-not-found', 'operation-ended', 'operation-past-pivot'],
    },
    schema: {
      tags: ['operations'],
      summary: 'Cancel an operation: what it did is undone',
      params,
      response: { 202: operationSchema },
    },
    handler: async (request, reply) => {
      const principal = principalOf(request)
      const { id } = request.params
      const view = await withScope(db, scopeOf(principal), async (tx) => {
        await cancelOperation(tx, id, principal.accountId)
        const cancelled = await requireOperation(tx, id)
        await appendAudit(tx, {
          tenantId: cancelled.tenantId,
          actor: { ...actorOf(principal, visitorOf(request)), operationId: id },
          action: 'operation.cancellation-requested',
          resource: cancelled.subject.kind,
          resourceId: cancelled.subject.id,
        })
        return cancelled
      })
      return reply.code(202).send(toOperationAnswer(view))
    },
  })
}

async function requireOperation(tx: Tx, id: string): Promise<OperationView> {
  const view = await readOperation(tx, id)
  if (view === undefined) throw operationProblems.problem('operation-not-found', 'No operation has this id.')
  return view
}
