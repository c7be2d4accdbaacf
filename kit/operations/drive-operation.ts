// One worker's work on one claimed operation: ask the rules what is next, do it, record it, until it ends or is given up. The success of
// a step and the start of the next are recorded by one statement, so an operation of n steps costs n + 1 commits. A failure of the
// database itself is not a failure of the step: recording is repeated while the lease holds, then the operation is left to the sweep.
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkerLog } from '../jobs/index.ts'
import type { Problem } from '../problems/index.ts'
import { maybe, sql, withScope, type Db, type Tx } from '../sql/index.ts'
import { attemptStep, type AttemptOutcome } from './attempt.ts'
import type { BoundOperation, BoundStep, UnboundContext } from './definition.ts'
import { hasBegunFirstStep, type Claim, type EngineStore, type StepChange } from './engine-store.ts'
import { withFailpoints, type Failpoints } from './failpoints.ts'
import { isConnectionFailure, isRetryable, LeaseLost, toProblem } from './failures.ts'
import type { Lease } from './lease.ts'
import { operationProblems } from './problems.ts'
import { backoffMs, CRASH_ALLOWANCE, nextAction, type OperationFacts, type StepFacts } from './operation-rules.ts'
import { StepLog } from './step-log.ts'

/** `parked`: given back until its time comes. `lost`: another worker has it. `stopped`: this worker is shutting down. */
export type DriveEnd = 'ended' | 'parked' | 'lost' | 'stopped'

/** What the hook learns that ends what an earlier owner left running. */
export interface Takeover {
  operationId: string
  /** `op:<id>:`: every session whose application_name begins so, except `tag`, belongs to an owner that lost its lease. */
  tagPrefix: string
  /** The new owner's. */
  tag: string
  signal: AbortSignal
}

export interface DriveSettings {
  abortGraceMs: number
  /** Longer waits give the claim back instead of holding a slot. */
  parkAfterMs: number
  /** After how many failures of an undo, or of a step past the pivot, a person is called. */
  attentionAfter: number
  retryCapMs: number
}

export interface DriveOptions<Deps> {
  claim: Claim
  lease: Lease
  bound: BoundOperation<Deps>
  deps: Deps
  db: Db
  store: EngineStore
  leaseMs: number
  settings: DriveSettings
  log: WorkerLog
  random: () => number
  failpoints: Failpoints | undefined
  onTakeover: ((previousTag: string, takeover: Takeover) => Promise<void>) | undefined
}

const UNDO_BASE_MS = 500
const RECORD_RETRY_MS = 100

/** Works until the operation ends or this worker has to let go of it. Rejects only for failures of the engine itself. */
export async function driveOperation<Deps>(options: DriveOptions<Deps>): Promise<DriveEnd> {
  const drive = new Drive(options)
  try {
    return await drive.run()
  } catch (error) {
    if (error instanceof LeaseLost) return 'lost'
    throw error
  } finally {
    drive.close()
  }
}

class Drive<Deps> {
  readonly #options: DriveOptions<Deps>
  readonly #operation: OperationFacts
  readonly #steps: StepFacts[]
  readonly #pivot: number | undefined
  readonly #log: StepLog
  /** Step changes that the next record carries, by position. */
  readonly #changes = new Map<number, StepChange>()
  #firstStepBegun: boolean
  #closingFailures = 0

  constructor(options: DriveOptions<Deps>) {
    this.#options = options
    const { claim, bound } = options
    const { state, direction, pastPivot, problem } = claim
    this.#operation = { state, direction, pastPivot, problem }
    this.#steps = claim.steps
    const pivot = bound.steps.findIndex((step) => step.pivot)
    this.#pivot = pivot === -1 ? undefined : pivot
    this.#firstStepBegun = hasBegunFirstStep(claim)
    this.#log = new StepLog((lines) => this.#appendLog(lines))
  }

  close(): void {
    this.#log.take()
  }

  async run(): Promise<DriveEnd> {
    const { lease } = this.#options
    if (lease.fence > 1) {
      const end = await this.#takeOver()
      if (end !== undefined) return end
    }
    for (;;) {
      if (lease.isLost) return 'lost'
      if (lease.isStopping) return this.#stop(true)
      const { cancelRequested } = lease
      const action = nextAction(this.#operation, this.#steps, { cancelRequested, pivot: this.#pivot })
      let end: DriveEnd | undefined
      if (action.kind === 'run') end = await this.#runStep(action.position)
      else if (action.kind === 'undo') end = await this.#undoStep(action.position)
      else if (action.kind === 'turn-back') this.#turnBack(null)
      else if (action.kind === 'give-up') end = await this.#giveUp(action.state)
      else end = await this.#end('succeeded')
      if (end !== undefined) return end
    }
  }

  /** Nothing may be done or undone while an earlier owner's sessions can still write. */
  async #takeOver(): Promise<DriveEnd | undefined> {
    const { lease, onTakeover, settings, log } = this.#options
    const { operationId, tag } = lease
    log.info({ operationId, fence: lease.fence }, 'operation taken over')
    if (onTakeover === undefined) return undefined
    const previousTag = `op:${operationId}:${lease.fence - 1}`
    const limits = { timeoutMs: 30_000, graceMs: settings.abortGraceMs, cancellable: false }
    const outcome = await attemptStep(lease, limits, (signal) =>
      onTakeover(previousTag, { operationId, tag, tagPrefix: `op:${operationId}:`, signal }),
    )
    if (outcome.kind === 'failed' || outcome.kind === 'stuck') {
      log.warn({ operationId, err: outcome.error }, 'older sessions of an operation could not be ended')
      return this.#release(this.#backoff(1))
    }
    return this.#letGo(outcome)
  }

  async #runStep(position: number): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    if (this.#firstStepBegun) this.#firstStepBegun = false
    else {
      if (step.attempt - step.failures >= CRASH_ALLOWANCE && !this.#mustGoOn()) {
        this.#turnBack(
          operationProblems.problem('operation-step-crashes', `${step.name} was begun ${step.attempt} times`).toJSON(),
          position,
        )
        return undefined
      }
      this.#change(position, { state: 'running', attempt: step.attempt + 1 }, { begins: true })
      await this.#record('kept')
      // The record told of a cancellation; what was only begun on paper is undone with the rest.
      if (this.#options.lease.cancelRequested && this.#isCancellable(position)) return undefined
    }
    const outcome = await this.#attempt(bound, step, 'run', this.#isCancellable(position), (context) =>
      bound.run(context),
    )
    if (outcome.kind === 'done') {
      if (bound.pivot) this.#operation.pastPivot = true
      if (this.#operation.state === 'needs-attention') this.#operation.state = 'running'
      this.#change(position, { state: 'succeeded', problem: null }, { ends: true })
      return undefined
    }
    if (outcome.kind === 'failed' || outcome.kind === 'stuck') return this.#runFailed(position, outcome)
    // A stop is no crash of the step.
    if (outcome.kind === 'stopping') this.#change(position, { attempt: step.attempt - 1 }, {})
    return this.#letGo(outcome)
  }

  async #runFailed(
    position: number,
    { kind, error }: AttemptOutcome & { error: unknown },
  ): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    const problem = this.#explain(error, step, 'run')
    const failures = step.failures + 1
    this.#change(position, { failures, problem }, {})
    const repeat = this.#mustGoOn() || (isRetryable(error) && failures < bound.retry.attempts)
    if (!repeat) this.#turnBack(problem, position)
    else if (this.#mustGoOn() && failures >= this.#options.settings.attentionAfter) this.#callAttention(step)
    // What did not stop may still be at work: only a new fence and the takeover hook make an end of it.
    if (kind === 'stuck') return this.#release(repeat ? this.#backoff(failures, bound.retry.baseMs) : 0)
    return repeat ? this.#wait(this.#backoff(failures, bound.retry.baseMs)) : undefined
  }

  async #undoStep(position: number): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    const { undo } = bound
    if (undo === undefined) {
      this.#change(position, { state: 'undone' }, { ends: true })
      return undefined
    }
    this.#change(position, { state: 'undoing', undoAttempt: step.undoAttempt + 1 }, {})
    await this.#record('kept')
    const outcome = await this.#attempt(bound, step, 'undo', false, undo)
    if (outcome.kind === 'done') {
      this.#operation.state = 'undoing'
      this.#change(position, { state: 'undone' }, { ends: true })
      return undefined
    }
    if (outcome.kind !== 'failed' && outcome.kind !== 'stuck') return this.#letGo(outcome)
    this.#change(position, { problem: this.#explain(outcome.error, step, 'undo') }, {})
    if (step.undoAttempt >= this.#options.settings.attentionAfter) this.#callAttention(step)
    const delayMs = this.#backoff(step.undoAttempt)
    return outcome.kind === 'stuck' ? this.#release(delayMs) : this.#wait(delayMs)
  }

  /** From here on backwards. A step that never began is skipped; the one that failed keeps its problem while it is undone. */
  #turnBack(problem: Problem | null, failed?: number): void {
    Object.assign(this.#operation, { direction: 'back', state: 'undoing', problem })
    for (const { position, state } of this.#steps) {
      if (position === failed) this.#change(position, { state: 'failed', problem }, { ends: true })
      else if (state === 'pending') this.#change(position, { state: 'skipped' }, {})
    }
  }

  async #giveUp(state: 'failed' | 'cancelled'): Promise<DriveEnd | undefined> {
    const { onFailed } = this.#options.bound
    if (onFailed === undefined) return this.#end(state)
    // First say that all is undone; then the hook, which is repeated like an undo.
    await this.#record('kept')
    const closing = { name: 'on-failed', timeoutMs: 60_000 }
    const { problem } = this.#operation
    const outcome = await this.#attempt(
      closing,
      { attempt: 1, undoAttempt: this.#closingFailures + 1 },
      'undo',
      false,
      (context) => onFailed(context, { state, problem }),
    )
    if (outcome.kind === 'done') return this.#end(state)
    if (outcome.kind !== 'failed' && outcome.kind !== 'stuck') return this.#letGo(outcome)
    this.#closingFailures += 1
    this.#explain(outcome.error, closing, 'undo')
    if (this.#closingFailures >= this.#options.settings.attentionAfter) this.#callAttention(closing)
    return outcome.kind === 'stuck' ? this.#release(0) : this.#wait(this.#backoff(this.#closingFailures))
  }

  async #end(state: 'succeeded' | 'failed' | 'cancelled'): Promise<DriveEnd> {
    this.#operation.state = state
    await this.#record('ended')
    return 'ended'
  }

  /** After an outcome that ends this worker's turn, or the step's. */
  async #letGo(outcome: AttemptOutcome): Promise<DriveEnd | undefined> {
    if (outcome.kind === 'lost') return 'lost'
    return outcome.kind === 'stopping' ? this.#stop(outcome.settled) : undefined
  }

  async #stop(settled: boolean): Promise<DriveEnd> {
    // Unsettled work may still act under our fence: then nobody gets the operation before the lease is over.
    if (settled) await this.#record('released')
    return 'stopped'
  }

  async #wait(delayMs: number): Promise<DriveEnd | undefined> {
    const { lease, settings } = this.#options
    if (delayMs > settings.parkAfterMs) return this.#release(delayMs)
    await this.#record('kept')
    const cancel = this.#operation.direction === 'forward' ? [lease.cancelSignal] : []
    await pause(delayMs, undefined, { signal: AbortSignal.any([lease.signal, ...cancel]) }).catch(() => {})
    return undefined
  }

  async #release(notBeforeMs: number): Promise<DriveEnd> {
    await this.#record('released', notBeforeMs)
    return 'parked'
  }

  /** Writes down all that has changed. @throws LeaseLost */
  async #record(claim: 'kept' | 'ended' | 'released', notBeforeMs = 0): Promise<void> {
    const { store, lease, log } = this.#options
    const steps = [...this.#changes.values()]
    this.#changes.clear()
    const lines = this.#log.take()
    for (;;) {
      if (lease.isLost) throw new LeaseLost(`operation ${lease.operationId} is lost`)
      const askedAtMs = performance.now()
      try {
        const row = await store.advance(lease.operationId, lease.fence, {
          operation: this.#operation,
          claim,
          notBeforeMs,
          steps,
          log: lines,
        })
        if (row === undefined) {
          lease.lose()
          continue
        }
        lease.renew(askedAtMs)
        if (row.cancelRequested && !lease.cancelRequested) lease.requestCancel()
        return
      } catch (error) {
        // Repeating is safe: the statement sets, it does not add; log lines may come twice.
        if (!(error instanceof Error) || !isConnectionFailure(error) || lease.isExpired) throw error
        log.warn({ operationId: lease.operationId, err: error }, 'recording an operation failed, trying again')
        await pause(RECORD_RETRY_MS)
      }
    }
  }

  #change(position: number, facts: Partial<StepFacts>, marks: { begins?: boolean; ends?: boolean }): void {
    const [step] = this.#at(position)
    Object.assign(step, facts)
    const earlier = this.#changes.get(position)
    const begins = marks.begins ?? earlier?.begins ?? false
    const ends = marks.ends ?? (marks.begins === true ? false : (earlier?.ends ?? false))
    this.#changes.set(position, { ...step, begins, ends })
  }

  #attempt(
    bound: Pick<BoundStep<Deps>, 'name' | 'timeoutMs'>,
    step: Pick<StepFacts, 'attempt' | 'undoAttempt'>,
    phase: 'run' | 'undo',
    cancellable: boolean,
    call: (context: UnboundContext<Deps>) => Promise<void>,
  ): Promise<AttemptOutcome> {
    const { lease, claim, failpoints, settings } = this.#options
    const attempt = phase === 'run' ? step.attempt : step.undoAttempt
    const point = { operationId: claim.id, type: claim.type, step: bound.name, phase, attempt }
    const limits = { timeoutMs: bound.timeoutMs, graceMs: settings.abortGraceMs, cancellable }
    return attemptStep(lease, limits, (signal) => {
      const turn = { isOver: false }
      return withFailpoints(failpoints, point, () => call(this.#context(bound.name, attempt, signal, turn))).finally(
        () => (turn.isOver = true),
      )
    })
  }

  #context(step: string, attempt: number, signal: AbortSignal, turn: { isOver: boolean }): UnboundContext<Deps> {
    const { lease, claim, deps } = this.#options
    const { operationId, fence, tag } = lease
    return {
      operationId,
      tenantId: claim.tenantId,
      tag,
      fence,
      attempt,
      deps,
      signal,
      log: async (message) => this.#log.add(step, message),
      write: async (work, scope = {}) => {
        // An attempt that was given up must not write beside the next one, which has the same fence.
        if (turn.isOver) throw new Error(`step ${step} of operation ${operationId} writes after its attempt was over`)
        signal.throwIfAborted()
        return this.#write(work, scope.operator === true || claim.tenantId === null)
      },
    }
  }

  #write<T>(work: (tx: Tx) => Promise<T>, operator: boolean): Promise<T> {
    const { db, lease, claim, leaseMs } = this.#options
    const { operationId, fence } = lease
    return withScope(db, { operator, ...(claim.tenantId === null ? {} : { tenantId: claim.tenantId }) }, async (tx) => {
      const held = await maybe(
        tx,
        sql<{ id: string }>`
          update operations.operations set lease_until = clock_timestamp() + ${leaseMs}::integer * interval '1 ms'
          where id = ${operationId} and fence = ${fence} and ended_at is null
          returning id`,
      )
      if (held === undefined) {
        lease.lose()
        throw new LeaseLost(`operation ${operationId} has another owner than fence ${fence}`)
      }
      return work(tx)
    })
  }

  async #appendLog(lines: readonly { step: string | null; message: string }[]): Promise<void> {
    const { store, lease, log } = this.#options
    try {
      if (!lease.signal.aborted && !(await store.appendLog(lease.operationId, lease.fence, lines))) lease.lose()
    } catch (error) {
      log.warn({ operationId: lease.operationId, err: error }, 'log lines of an operation were lost')
    }
  }

  /** Turns an error into what may be stored, and tells the platform's log the whole truth, once. */
  #explain(error: unknown, step: Pick<StepFacts, 'name'>, phase: 'run' | 'undo'): Problem {
    const { claim, log } = this.#options
    const problem = toProblem(error, step.name)
    log.warn({ operationId: claim.id, type: claim.type, step: step.name, phase, err: error }, 'operation step failed')
    this.#log.add(step.name, `${phase} failed: ${problem.detail}`)
    return problem
  }

  #callAttention(step: Pick<StepFacts, 'name'>): void {
    if (this.#operation.state === 'needs-attention') return
    this.#operation.state = 'needs-attention'
    const { claim, log } = this.#options
    log.error(
      { operationId: claim.id, type: claim.type, step: step.name },
      'operation needs attention: it keeps failing and goes on trying',
    )
  }

  #backoff(failures: number, baseMs = UNDO_BASE_MS): number {
    const { settings, random } = this.#options
    return backoffMs(failures, { baseMs, capMs: settings.retryCapMs }, random)
  }

  #mustGoOn(): boolean {
    return this.#operation.pastPivot
  }

  #isCancellable(position: number): boolean {
    return !this.#operation.pastPivot && position !== this.#pivot
  }

  #at(position: number): [StepFacts, BoundStep<Deps>] {
    const step = this.#steps[position]
    const bound = this.#options.bound.steps[position]
    if (step === undefined || bound === undefined)
      throw new Error(`operation ${this.#options.claim.id} has no step ${position}`)
    return [step, bound]
  }
}
