// All SQL of the engine. Statements are prepared and each is a transaction of its own, one round trip; their pool's sessions have
// app.operator on, since one worker serves all tenants. Whatever a worker records carries its fence: if another has claimed the
// operation since, the statement changes nothing and says so.
import type { Pool } from 'pg'
import type { Problem } from '../problems/index.ts'
import type { OperationFacts, StepFacts } from './operation-rules.ts'

/** An operation that this worker holds. */
export interface Claim extends OperationFacts {
  id: string
  type: string
  version: number
  tenantId: string | null
  input: unknown
  fence: number
  cancelRequested: boolean
  steps: StepFacts[]
}

export interface StepChange extends StepFacts {
  /** Sets started_at and clears ended_at. */
  begins: boolean
  /** Sets ended_at. */
  ends: boolean
}

export interface Advance {
  operation: OperationFacts
  /** Gives the claim up: `ended` for good, `released` for anybody to take after `notBeforeMs`. */
  claim: 'kept' | 'ended' | 'released'
  notBeforeMs?: number
  steps: readonly StepChange[]
  log: readonly LogLine[]
}

export interface LogLine {
  step: string | null
  message: string
}

export interface BeatRow {
  id: string
  /** False: another worker has it, or it has ended. */
  held: boolean
  /** False although held: the row was locked, its lease runs on as it was. */
  renewed: boolean
  cancelRequested: boolean
}

/** A definition that this worker can run. */
export interface KnownType {
  type: string
  version: number
}

export interface EngineStore {
  claim(id: string): Promise<Claim | undefined>
  /** Undefined: the fence is not ours any more and nothing was written. */
  advance(id: string, fence: number, advance: Advance): Promise<{ cancelRequested: boolean } | undefined>
  /** False: the fence is not ours any more. */
  appendLog(id: string, fence: number, lines: readonly LogLine[]): Promise<boolean>
  beat(held: readonly { id: string; fence: number }[]): Promise<BeatRow[]>
  /** Unfinished operations that nobody holds and whose time has come, oldest first. */
  claimable(limit: number): Promise<string[]>
  /** Types of unfinished operations that this worker does not know. */
  unknownTypes(): Promise<KnownType[]>
}

export interface EngineStoreOptions {
  pool: Pool
  beatPool: Pool
  workerId: string
  leaseMs: number
  known: readonly KnownType[]
}

interface ClaimRow {
  id: string
  type: string
  version: number
  tenant_id: string | null
  input: unknown
  fence: number
  state: OperationFacts['state']
  direction: OperationFacts['direction']
  past_pivot: boolean
  problem: Problem | null
  cancel_requested: boolean
  steps: StepFacts[]
}

export function createEngineStore({ pool, beatPool, workerId, leaseMs, known }: EngineStoreOptions): EngineStore {
  const types = known.map((entry) => entry.type)
  const versions = known.map((entry) => entry.version)
  return {
    async claim(id) {
      const { rows } = await pool.query<ClaimRow>({
        name: 'operations_claim',
        text: claimText,
        values: [id, types, versions, workerId, leaseMs],
      })
      return rows[0] === undefined ? undefined : toClaim(rows[0])
    },
    async advance(id, fence, { operation, claim, notBeforeMs = 0, steps, log }) {
      const { rows } = await pool.query<{ cancel_requested: boolean }>({
        name: 'operations_advance',
        text: advanceText,
        values: [
          id,
          fence,
          operation.state,
          operation.direction,
          operation.pastPivot,
          operation.problem === null ? null : JSON.stringify(operation.problem),
          claim,
          claim === 'released' ? notBeforeMs : leaseMs,
          JSON.stringify(steps),
          JSON.stringify(log),
        ],
      })
      return rows[0] === undefined ? undefined : { cancelRequested: rows[0].cancel_requested }
    },
    async appendLog(id, fence, lines) {
      const { rows } = await pool.query({
        name: 'operations_log',
        text: logText,
        values: [id, fence, JSON.stringify(lines)],
      })
      return rows.length === 1
    },
    async beat(held) {
      const { rows } = await beatPool.query<{ id: string; held: boolean; renewed: boolean; cancel_requested: boolean }>(
        {
          name: 'operations_beat',
          text: beatText,
          values: [held.map((entry) => entry.id), held.map((entry) => entry.fence), leaseMs],
        },
      )
      return rows.map((row) => ({
        id: row.id,
        held: row.held,
        renewed: row.renewed,
        cancelRequested: row.cancel_requested,
      }))
    },
    async claimable(limit) {
      const { rows } = await pool.query<{ id: string }>({
        name: 'operations_sweep',
        text: claimableText,
        values: [types, versions, limit],
      })
      return rows.map((row) => row.id)
    },
    async unknownTypes() {
      const { rows } = await pool.query<KnownType>(unknownText, [types, versions])
      return rows
    },
  }
}

/**
 * A claim that begins an operation (fence 1) has recorded the start of the first step in the same statement; one that finds a
 * cancellation has not.
 */
export function hasBegunFirstStep(claim: Claim): boolean {
  return claim.fence === 1 && !claim.cancelRequested
}

function toClaim(row: ClaimRow): Claim {
  const claim: Claim = {
    id: row.id,
    type: row.type,
    version: row.version,
    tenantId: row.tenant_id,
    input: row.input,
    fence: row.fence,
    state: row.state,
    direction: row.direction,
    pastPivot: row.past_pivot,
    problem: row.problem,
    cancelRequested: row.cancel_requested,
    steps: row.steps,
  }
  const first = claim.steps[0]
  // The statement returns the steps as they were before it.
  if (hasBegunFirstStep(claim) && first !== undefined) Object.assign(first, { state: 'running', attempt: 1 })
  return claim
}

const unclaimed = `
  ended_at is null
  and (lease_until is null or lease_until < clock_timestamp())
  and (not_before is null or not_before <= clock_timestamp())`

const claimText = `
  with candidate as (
    select id from operations.operations
    where id = $1 and (type, version) in (select * from unnest($2::text[], $3::integer[])) and ${unclaimed}
    for no key update skip locked
  ), claimed as (
    update operations.operations o set
      fence = o.fence + 1,
      worker_id = $4,
      lease_until = clock_timestamp() + $5::integer * interval '1 ms',
      not_before = null,
      started_at = coalesce(o.started_at, clock_timestamp()),
      state = case o.state when 'pending' then 'running' else o.state end
    from candidate where o.id = candidate.id
    returning o.*
  ), begun as (
    update operations.operation_steps s set state = 'running', attempt = 1, started_at = clock_timestamp()
    from claimed
    where s.operation_id = claimed.id and s.position = 0 and claimed.fence = 1 and claimed.cancel_requested_at is null
  )
  select id::text, type, version, tenant_id::text, input, fence, state, direction, past_pivot, problem,
    cancel_requested_at is not null as cancel_requested,
    (
      select jsonb_agg(jsonb_build_object(
        'position', position, 'name', name, 'state', s.state, 'attempt', attempt, 'failures', failures,
        'undoAttempt', undo_attempt, 'problem', s.problem
      ) order by position)
      from operations.operation_steps s where s.operation_id = claimed.id
    ) as steps,
    pg_notify('operation_changed', id::text)
  from claimed`

const advanceText = `
  with held as (
    update operations.operations set
      state = $3, direction = $4, past_pivot = $5, problem = $6::jsonb,
      ended_at = case when $7::text = 'ended' then clock_timestamp() end,
      lease_until = case when $7::text = 'kept' then clock_timestamp() + $8::integer * interval '1 ms' end,
      not_before = case when $7::text = 'released' then clock_timestamp() + $8::integer * interval '1 ms' end
    where id = $1 and fence = $2 and ended_at is null
    returning id, tenant_id, cancel_requested_at
  ), changed as (
    update operations.operation_steps s set
      state = c.state, attempt = c.attempt, failures = c.failures, undo_attempt = c."undoAttempt", problem = c.problem,
      started_at = case when c.begins then clock_timestamp() else s.started_at end,
      ended_at = case when c.ends then clock_timestamp() when c.begins then null else s.ended_at end
    from held, jsonb_to_recordset($9::jsonb) as c(
      position integer, state text, attempt integer, failures integer, "undoAttempt" integer, problem jsonb, begins boolean, ends boolean
    )
    where s.operation_id = held.id and s.position = c.position
  ), logged as (
    insert into operations.log_lines (operation_id, tenant_id, step, message)
    select held.id, held.tenant_id, l.step, l.message from held, jsonb_to_recordset($10::jsonb) as l(step text, message text)
  )
  select cancel_requested_at is not null as cancel_requested, pg_notify('operation_changed', id::text) from held`

const logText = `
  with held as (
    select id, tenant_id from operations.operations where id = $1 and fence = $2
  ), logged as (
    insert into operations.log_lines (operation_id, tenant_id, step, message)
    select held.id, held.tenant_id, l.step, l.message from held, jsonb_to_recordset($3::jsonb) as l(step text, message text)
  )
  select pg_notify('operation_changed', id::text) from held`

// A row that is locked is being written by its owner, or looked at by a claimer: it is skipped, so that one long transaction of one
// operation cannot cost the others their leases. Claims skip locked rows too.
const beatText = `
  with mine as (
    select * from unnest($1::uuid[], $2::integer[]) as mine(id, fence)
  ), alive as (
    select o.id from operations.operations o join mine on mine.id = o.id and mine.fence = o.fence
    where o.ended_at is null
    for no key update of o skip locked
  ), beaten as (
    update operations.operations o set lease_until = clock_timestamp() + $3::integer * interval '1 ms'
    from alive where o.id = alive.id
    returning o.id
  )
  select mine.id::text,
    exists (select from beaten where beaten.id = mine.id) as renewed,
    coalesce(o.fence = mine.fence and o.ended_at is null, false) as held,
    o.cancel_requested_at is not null as cancel_requested
  from mine left join operations.operations o on o.id = mine.id`

const claimableText = `
  select id::text from operations.operations
  where (type, version) in (select * from unnest($1::text[], $2::integer[])) and ${unclaimed}
  order by created_at limit $3`

const unknownText = `
  select distinct type, version from operations.operations
  where ended_at is null and (type, version) not in (select * from unnest($1::text[], $2::integer[]))`
