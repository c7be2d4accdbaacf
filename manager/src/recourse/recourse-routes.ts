import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { HttpServer } from '@platen/kit/http'
import { hurryOperation, operationProblems, readOperation } from '@platen/kit/operations'
import { one, sql, withScope, type Tx } from '@platen/kit/sql'
import { actorOf, appendAudit, principalOf, visitorOf } from '@platen/identity'
import type { BackupRoutesOptions } from '../backups/index.ts'
import { operationActions, operationSchema, toOperationAnswer, type OperationAnswer } from '../operations/index.ts'
import { scopeOf } from '../scope.ts'
import { again, reverse } from './ask-again.ts'
import { recourseProblems } from './problems.ts'

const params = z.strictObject({ id: z.uuid() })
const answer = z.strictObject({ operation: operationSchema })

/** What starting any of the operations may be refused with. */
const refusals = [
  'operation-not-found',
  'operation-ended',
  'operation-action-refused',
  'site-not-found',
  'site-action-refused',
  'former-database-gone',
  'backup-not-found',
  'backup-not-verified',
  'disk-space-low',
]

export function registerRecourseRoutes(app: HttpServer, options: BackupRoutesOptions): void {
  const routes = [
    { name: 'retry', path: 'retries', summary: 'Ask for a failed operation again, or try at once what waits', act: retry },
    { name: 'undo', path: 'reversals', summary: 'Start the operation that takes this one back', act: undo },
  ] as const // prettier-ignore
  for (const { name, path, summary, act } of routes) {
    app.route({
      method: 'POST',
      url: `/api/v1/operations/:id/${path}`,
      config: { policy: { kind: 'permission', permission: 'sites.operate' }, problems: refusals },
      schema: { tags: ['operations'], summary, params, response: { 202: answer } },
      handler: async (request, reply) => {
        const operation = await withScope(options.db, scopeOf(principalOf(request)), async (tx) => {
          const view = await readOperation(tx, request.params.id)
          if (view === undefined) throw operationProblems.problem('operation-not-found', 'No operation has this id.')
          const action = operationActions(view).find((one) => one.name === name)
          if (action?.reason != null) throw refused(action.reason)
          return act(tx, request, view, options)
        })
        return reply.code(202).send({ operation })
      },
    })
  }
}

type View = NonNullable<Awaited<ReturnType<typeof readOperation>>>
type Act = (tx: Tx, request: FastifyRequest, view: View, options: BackupRoutesOptions) => Promise<OperationAnswer>

const retry: Act = async (tx, request, view, options) => {
  if (view.state !== 'needs-attention') return start(tx, request, view, again, options)
  await hurryOperation(tx, view.id)
  await appendAudit(tx, {
    tenantId: view.tenantId,
    actor: { ...actorOf(principalOf(request), visitorOf(request)), operationId: view.id },
    action: 'operation.retry-requested',
    resource: view.subject.kind,
    resourceId: view.subject.id,
  })
  return toOperationAnswer((await readOperation(tx, view.id)) ?? view)
}

const undo: Act = (tx, request, view, options) => start(tx, request, view, reverse, options)

async function start(
  tx: Tx,
  request: FastifyRequest,
  { id, type }: View,
  ways: typeof again,
  options: BackupRoutesOptions,
): Promise<OperationAnswer> {
  const ask = ways[type]
  if (ask === undefined) throw refused(`Nothing starts this for "${type}".`)
  const { input } = await one(tx, sql<{ input: unknown }>`SELECT input FROM operations.operations WHERE id = ${id}`)
  const { operation } = await ask(tx, request, { id, input }, options)
  return operation
}

const refused = (reason: string) =>
  recourseProblems.problem('operation-action-refused', `${reason} Nothing was changed.`)
