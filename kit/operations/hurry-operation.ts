import { maybe, sql, type Db } from '../sql/index.ts'
import { isTerminal, type OperationState } from './operation-rules.ts'
import { operationProblems } from './problems.ts'

/**
 * Lets an operation that waits for its next attempt make it now. One that is at work goes on as it is.
 * @throws ProblemError operation-not-found, operation-ended
 */
export async function hurryOperation(tx: Db, id: string): Promise<void> {
  const found = await maybe(
    tx,
    sql<{ state: OperationState }>`
      with found as (
        select id, tenant_id, state from operations.operations where id = ${id}
      ), hurried as (
        update operations.operations o set not_before = null from found
        where o.id = found.id and o.ended_at is null
        returning o.id, o.tenant_id
      )
      select state,
        (
          select jobs.enqueue('operation', hurried.tenant_id, jsonb_build_object('id', hurried.id), null, null, 3, null, -10) from hurried
        )
      from found`,
  )
  if (found === undefined) throw operationProblems.problem('operation-not-found', `there is no operation ${id}`)
  if (isTerminal(found.state)) throw operationProblems.problem('operation-ended', `operation ${id} has ${found.state}`)
}
