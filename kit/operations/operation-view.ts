import { defineList, type ListQuery, type Page } from '../lists/index.ts'
import type { Problem } from '../problems/index.ts'
import { maybe, rows, sql, type Db } from '../sql/index.ts'
import { operationStates, progressOf, type OperationState, type StepState } from './operation-rules.ts'

/** What the API shows. Times are RFC 3339 strings in UTC. */
export interface OperationView {
  id: string
  type: string
  state: OperationState
  subject: { kind: string; id: string; label: string | null }
  tenantId: string | null
  actor: { id: string; label: string | null } | null
  createdAt: string
  startedAt: string | null
  endedAt: string | null
  /** Asked for; the operation may still be unwinding, or past its point of no return. */
  cancelRequested: boolean
  /** False once cancelling would be refused. */
  cancellable: boolean
  problem: Problem | null
  /** 0 to 1; falls while it unwinds. */
  progress: number
  steps: StepView[]
}

export interface StepView {
  name: string
  state: StepState
  attempt: number
  startedAt: string | null
  endedAt: string | null
  /** Of the last attempt that failed. */
  problem: Problem | null
}

export interface LogLineView {
  /** Position in the log: pass it as `after` to read on. */
  id: string
  at: string
  step: string | null
  message: string
}

interface ViewRow {
  id: string
  type: string
  state: OperationState
  subject_kind: string
  subject_id: string
  subject_label: string | null
  tenant_id: string | null
  actor_id: string | null
  actor_label: string | null
  created_at: Date
  started_at: Date | null
  ended_at: Date | null
  cancel_requested: boolean
  past_pivot: boolean
  problem: Problem | null
  steps: (Omit<StepView, 'startedAt' | 'endedAt'> & {
    weight: number
    startedAtMs: number | null
    endedAtMs: number | null
  })[]
}

/** One operation with its steps, as far as the scope of `db` may see it. One statement. */
export async function readOperation(db: Db, id: string): Promise<OperationView | undefined> {
  const row = await maybe(db, sql<ViewRow>`select ${viewColumns} from operations.operations o where id = ${id}`)
  return row === undefined ? undefined : toView(row)
}

/** Filters and sort of the operations. */
export const operationList = defineList({
  fields: {
    type: { type: 'text', column: sql`o.type`, sort: true },
    state: { type: 'enum', values: operationStates, column: sql`o.state`, sort: true },
    subject: { type: 'text', column: sql`o.subject_id`, description: 'Id of what the operation works on.' },
    subjectKind: { type: 'text', column: sql`o.subject_kind` },
    tenantId: { type: 'uuid', column: sql`o.tenant_id` },
    createdAt: { type: 'time', column: sql`o.created_at`, sort: 'as-created' },
    endedAt: { type: 'time', column: sql`o.ended_at`, sort: true, isNullable: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`o.id` },
})

export function listOperations(db: Db, query: ListQuery): Promise<Page<OperationView>> {
  return operationList.read(
    db,
    query,
    ({ key, where, rest }) =>
      sql<ViewRow>`select ${viewColumns}, ${key} from operations.operations o where ${where} ${rest}`,
    toView,
  )
}

/** Log lines in order, from after the given one. */
export async function readOperationLog(
  db: Db,
  id: string,
  { after = '0', limit = 500 }: { after?: string; limit?: number } = {},
): Promise<LogLineView[]> {
  const found = await rows(
    db,
    sql<{ id: bigint; at: Date; step: string | null; message: string }>`
      select id, at, step, message from operations.log_lines
      where operation_id = ${id} and id > ${after}::bigint order by id limit ${limit}`,
  )
  return found.map((line) => ({
    id: String(line.id),
    at: line.at.toISOString(),
    step: line.step,
    message: line.message,
  }))
}

const viewColumns = sql`id, type, state, subject_kind, subject_id, subject_label, tenant_id, actor_id, actor_label, created_at, started_at, ended_at,
  cancel_requested_at is not null as cancel_requested, past_pivot, problem,
  (
    select jsonb_agg(jsonb_build_object(
      'name', name, 'state', s.state, 'attempt', attempt, 'weight', weight, 'problem', s.problem,
      'startedAtMs', floor(extract(epoch from s.started_at) * 1000), 'endedAtMs', floor(extract(epoch from s.ended_at) * 1000)
    ) order by position)
    from operations.operation_steps s where s.operation_id = o.id
  ) as steps`

function toView(row: ViewRow): OperationView {
  return {
    id: row.id,
    type: row.type,
    state: row.state,
    subject: { kind: row.subject_kind, id: row.subject_id, label: row.subject_label },
    tenantId: row.tenant_id,
    actor: row.actor_id === null ? null : { id: row.actor_id, label: row.actor_label },
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    endedAt: row.ended_at?.toISOString() ?? null,
    cancelRequested: row.cancel_requested,
    cancellable: row.ended_at === null && !row.past_pivot,
    problem: row.problem,
    progress: row.state === 'succeeded' ? 1 : progressOf(row.steps),
    steps: row.steps.map(({ name, state, attempt, problem, startedAtMs, endedAtMs }) => ({
      name,
      state,
      attempt,
      startedAt: toTime(startedAtMs),
      endedAt: toTime(endedAtMs),
      problem,
    })),
  }
}

function toTime(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString()
}
