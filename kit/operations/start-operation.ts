import { newId } from '../ids/index.ts'
import { maybe, sql, type Db } from '../sql/index.ts'
import type { OperationDefinition } from './definition.ts'
import { NUDGE_JOB } from './operation-runner.ts'
import { operationProblems } from './problems.ts'

export interface StartRequest<Input, Deps> {
  definition: OperationDefinition<Input, Deps>
  input: Input
  /** At most one unfinished operation per subject. `label` is what people call it. */
  subject: { kind: string; id: string; label?: string }
  /** Null: an operation of the platform itself; needs an operator's scope. */
  tenantId: string | null
  actorId: string | null
  actorLabel?: string
}

/**
 * Writes the operation and its steps in the caller's transaction and nudges a worker when that commits. Returns the operation's id.
 * Not idempotent by itself: the caller owns the Idempotency-Key.
 * @throws ProblemError operation-in-progress (409) with extension `operation: {id, type, state}`; ZodError for a bad input.
 */
export async function startOperation<Input, Deps>(tx: Db, request: StartRequest<Input, Deps>): Promise<string> {
  const { definition, input } = request
  await definition.draft.input.parseAsync(input)
  // The one that is in the way may end between the two statements; then it is our turn after all.
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const id = newId()
    if (await insertOperation(tx, id, request)) return id
    const running = await findUnfinished(tx, request.subject)
    if (running !== undefined) {
      const detail = `${running.type} (${running.id}) is ${running.state} on this ${request.subject.kind}`
      throw operationProblems.problem('operation-in-progress', detail, { extensions: { operation: running } })
    }
  }
  throw operationProblems.problem(
    'operation-in-progress',
    `another operation is unfinished on this ${request.subject.kind}`,
  )
}

async function insertOperation<Input, Deps>(tx: Db, id: string, request: StartRequest<Input, Deps>): Promise<boolean> {
  const { definition, input, subject, tenantId, actorId, actorLabel = null } = request
  const steps = definition.plan.map((step, position) => ({ position, ...step }))
  const inserted = await maybe(
    tx,
    sql<{ id: string }>`
      with operation as (
        insert into operations.operations
          (id, tenant_id, type, version, subject_kind, subject_id, subject_label, actor_id, actor_label, input)
        values (
          ${id}, ${tenantId}, ${definition.type}, ${definition.version}, ${subject.kind}, ${subject.id}, ${subject.label ?? null},
          ${actorId}, ${actorLabel}, ${JSON.stringify(input)}::jsonb
        )
        on conflict (subject_kind, subject_id) where ended_at is null do nothing
        returning id, tenant_id
      ), steps as (
        insert into operations.operation_steps (operation_id, tenant_id, position, name, weight)
        select operation.id, operation.tenant_id, s.position, s.name, s.weight
        from operation, jsonb_to_recordset(${JSON.stringify(steps)}::jsonb) as s(position integer, name text, weight real)
      )
      select
        id,
        jobs.enqueue(${NUDGE_JOB}, tenant_id, jsonb_build_object('id', id), null, null, 3, null, -10),
        pg_notify('operation_changed', id::text)
      from operation`,
  )
  return inserted !== undefined
}

async function findUnfinished(
  tx: Db,
  { kind, id }: { kind: string; id: string },
): Promise<{ id: string; type: string; state: string } | undefined> {
  return maybe(
    tx,
    sql<{ id: string; type: string; state: string }>`
      select id, type, state from operations.operations where subject_kind = ${kind} and subject_id = ${id} and ended_at is null`,
  )
}
