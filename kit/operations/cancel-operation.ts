import { maybe, sql, type Db } from '../sql/index.ts'
import { isTerminal, type OperationState } from './operation-rules.ts'
import { operationProblems } from './problems.ts'

/**
 * Asks for an operation to be cancelled: what it did is undone, then its state is `cancelled`. Asking again, or while it unwinds anyway,
 * changes nothing. A step that is at the point of no return right now decides: if it succeeds the operation is finished instead.
 * @throws ProblemError operation-not-found, operation-ended, operation-past-pivot
 */
export async function cancelOperation(tx: Db, id: string, actorId: string | null): Promise<void> {
  const found = await maybe(
    tx,
    sql<{ state: OperationState; past_pivot: boolean }>`
      with found as (
        select id, state, past_pivot, direction from operations.operations where id = ${id}
      ), asked as (
        update operations.operations o set
          cancel_requested_at = coalesce(o.cancel_requested_at, clock_timestamp()),
          cancel_requested_by = coalesce(o.cancel_requested_by, ${actorId}),
          not_before = case o.direction when 'forward' then null else o.not_before end
        where o.id = ${id} and o.ended_at is null and not o.past_pivot
        returning o.id, o.tenant_id
      )
      select state, past_pivot,
        (select pg_notify('operation_cancel', asked.id::text) from asked),
        (
          select jobs.enqueue('operation', asked.tenant_id, jsonb_build_object('id', asked.id), null, null, 3, null, -10) from asked
        )
      from found`,
  )
  if (found === undefined) throw operationProblems.problem('operation-not-found', `there is no operation ${id}`)
  if (isTerminal(found.state)) throw operationProblems.problem('operation-ended', `operation ${id} has ${found.state}`)
  if (found.past_pivot) throw operationProblems.problem('operation-past-pivot', `operation ${id} can only be finished`)
}
