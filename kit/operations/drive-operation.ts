// One worker's work on one claimed operation: ask the rules what is next, do it, record it, until it ends or is given up. The success of
// a step and the start of the next are recorded by one statement, so an operation of n steps costs n + 1 commits. A failure of the
// database itself is not a failure of the step: recording is repeated while the lease holds, then the operation is left to the sweep.
import { setTimeout as pause } from 'node:timers/promises'
import type { WorkerLog } from '../jobs/index.ts'
import type { Problem } from '../problems/index.ts'
import type { Db } from '../sql/index.ts'
import { attemptStep, type AttemptLimits, type AttemptOutcome } from './attempt.ts'
import type { BoundOperation, BoundStep, UnboundContext } from './definition.ts'
import { hasBegunFirstStep, type Claim, type EngineStore } from './engine-store.ts'
import { withFailpoints, type Failpoints } from './failpoints.ts'
import { isRetryable, LeaseLost, toProblem } from './failures.ts'
import type { Lease } from './lease.ts'
import { OperationRecord } from './operation-record.ts'
import { backoffMs, CRASH_ALLOWANCE, nextAction, type NextAction, type StepFacts } from './operation-rules.ts'
import { operationProblems } from './problems.ts'
import { createContext, type Attempt } from './step-context.ts'

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
const HOOK_TIMEOUT_MS = 60_000

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
  readonly #record: OperationRecord
  /** Position of the point of no return. */
  readonly #pivot: number | undefined
  #firstStepBegun: boolean
  #closingFailures = 0

  constructor(options: DriveOptions<Deps>) {
    this.#options = options
    this.#record = new OperationRecord(options)
    const pivot = options.bound.steps.findIndex((step) => step.pivot)
    this.#pivot = pivot === -1 ? undefined : pivot
    this.#firstStepBegun = hasBegunFirstStep(options.claim)
  }

  close(): void {
    this.#record.close()
  }

  async run(): Promise<DriveEnd> {
    const { lease } = this.#options
    let end = lease.fence > 1 ? await this.#takeOver() : undefined
    while (end === undefined) {
      if (lease.isLost) return 'lost'
      if (lease.isStopping) return this.#stop(true)
      const { operation, steps } = this.#record
      end = await this.#act(
        nextAction(operation, steps, { cancelRequested: lease.cancelRequested, pivot: this.#pivot }),
      )
    }
    return end
  }

  async #act(action: NextAction): Promise<DriveEnd | undefined> {
    switch (action.kind) {
      case 'run':
        return this.#runStep(action.position)
      case 'undo':
        return this.#undoStep(action.position)
      case 'turn-back':
        return this.#turnBack(null)
      case 'give-up':
        return this.#giveUp(action.state)
      case 'succeed':
        return this.#end('succeeded')
    }
  }

  /** Nothing may be done or undone while an earlier owner's sessions can still write. */
  async #takeOver(): Promise<DriveEnd | undefined> {
    const { lease, onTakeover, log } = this.#options
    const { operationId, tag, fence } = lease
    log.info({ operationId, fence }, 'operation taken over')
    if (onTakeover === undefined) return undefined
    const outcome = await attemptStep(lease, this.#limits(HOOK_TIMEOUT_MS), (signal) =>
      onTakeover(`op:${operationId}:${fence - 1}`, { operationId, tag, tagPrefix: `op:${operationId}:`, signal }),
    )
    if (outcome.kind !== 'failed' && outcome.kind !== 'stuck') return this.#letGo(outcome)
    log.warn({ operationId, err: outcome.error }, 'older sessions of an operation could not be ended')
    return this.#release(this.#backoff(1))
  }

  async #runStep(position: number): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    const cancellable = !this.#record.operation.pastPivot && position !== this.#pivot
    if (this.#firstStepBegun) this.#firstStepBegun = false
    else {
      if (cancellable && step.attempt - step.failures >= CRASH_ALLOWANCE) return this.#blame(position)
      this.#record.change(position, { state: 'running', attempt: step.attempt + 1 }, { begins: true })
      await this.#record.save('kept')
      // The record told of a cancellation; what was only begun on paper is undone with the rest.
      if (this.#options.lease.cancelRequested && cancellable) return undefined
    }
    const outcome = await this.#attempt(
      { name: bound.name, attempt: step.attempt, phase: 'run' },
      this.#limits(bound.timeoutMs, cancellable),
      bound.run,
    )
    if (outcome.kind === 'failed' || outcome.kind === 'stuck') return this.#runFailed(position, outcome)
    // A stop is no crash of the step.
    if (outcome.kind === 'stopping') this.#record.change(position, { attempt: step.attempt - 1 })
    if (outcome.kind !== 'done') return this.#letGo(outcome)
    if (bound.pivot) this.#record.operation.pastPivot = true
    this.#record.operation.state = 'running'
    this.#record.change(position, { state: 'succeeded', problem: null }, { ends: true })
    return undefined
  }

  async #runFailed(position: number, { kind, error }: Failed): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    const problem = this.#explain(error, step.name, 'run')
    const failures = step.failures + 1
    this.#record.change(position, { failures, problem })
    // A pivot whose outcome is unknown may have taken effect: going back is no choice there either.
    const mustGoOn = this.#record.operation.pastPivot || (bound.pivot && isRetryable(error))
    const repeats = mustGoOn || (isRetryable(error) && failures < bound.retry.attempts)
    if (!repeats) this.#turnBack(problem, position)
    else if (mustGoOn && failures >= this.#options.settings.attentionAfter) this.#callAttention(step.name)
    const delayMs = repeats ? this.#backoff(failures, bound.retry.baseMs) : 0
    return this.#retry(kind, delayMs)
  }

  /** Ends a step that takes its worker down each time it is tried. */
  #blame(position: number): undefined {
    const { name, attempt } = this.#record.step(position)
    const problem = operationProblems.problem('operation-step-crashes', `${name} was begun ${attempt} times`)
    return this.#turnBack(problem.toJSON(), position)
  }

  async #undoStep(position: number): Promise<DriveEnd | undefined> {
    const [step, bound] = this.#at(position)
    if (bound.undo !== undefined) {
      this.#record.change(position, { state: 'undoing', undoAttempt: step.undoAttempt + 1 })
      await this.#record.save('kept')
      const outcome = await this.#attempt(
        { name: bound.name, attempt: step.undoAttempt, phase: 'undo' },
        this.#limits(bound.timeoutMs),
        bound.undo,
      )
      if (outcome.kind === 'failed' || outcome.kind === 'stuck') {
        this.#record.change(position, { problem: this.#explain(outcome.error, step.name, 'undo') })
        return this.#undoFailed(outcome.kind, step.name, step.undoAttempt)
      }
      if (outcome.kind !== 'done') return this.#letGo(outcome)
      this.#record.operation.state = 'undoing'
    }
    this.#record.change(position, { state: 'undone' }, { ends: true })
    return undefined
  }

  /** From here on backwards. A step that never began is skipped; the one that failed keeps its problem while it is undone. */
  #turnBack(problem: Problem | null, failed?: number): undefined {
    Object.assign(this.#record.operation, { direction: 'back', state: 'undoing', problem })
    for (const { position, state } of this.#record.steps) {
      if (position === failed) this.#record.change(position, { state: 'failed', problem }, { ends: true })
      else if (state === 'pending') this.#record.change(position, { state: 'skipped' })
    }
  }

  async #giveUp(state: 'failed' | 'cancelled'): Promise<DriveEnd | undefined> {
    const { onFailed } = this.#options.bound
    if (onFailed === undefined) return this.#end(state)
    // First say that all is undone; then the hook, which is repeated like an undo.
    await this.#record.save('kept')
    const { problem } = this.#record.operation
    const name = 'on-failed'
    const attempt = this.#closingFailures + 1
    const outcome = await this.#attempt({ name, attempt, phase: 'undo' }, this.#limits(HOOK_TIMEOUT_MS), (context) =>
      onFailed(context, { state, problem }),
    )
    if (outcome.kind === 'done') return this.#end(state)
    if (outcome.kind !== 'failed' && outcome.kind !== 'stuck') return this.#letGo(outcome)
    this.#closingFailures = attempt
    this.#explain(outcome.error, name, 'undo')
    return this.#undoFailed(outcome.kind, name, attempt)
  }

  #undoFailed(kind: Failed['kind'], name: string, failures: number): Promise<DriveEnd | undefined> {
    if (failures >= this.#options.settings.attentionAfter) this.#callAttention(name)
    return this.#retry(kind, this.#backoff(failures))
  }

  async #retry(kind: Failed['kind'], delayMs: number): Promise<DriveEnd | undefined> {
    const { lease, settings } = this.#options
    // What did not stop may still be at work: only a new fence and the takeover hook make an end of it.
    if (kind === 'stuck' || delayMs > settings.parkAfterMs) return this.#release(delayMs)
    if (delayMs === 0) return undefined
    await this.#record.save('kept')
    const cancel = this.#record.operation.direction === 'forward' ? [lease.cancelSignal] : []
    await pause(delayMs, undefined, { signal: AbortSignal.any([lease.signal, ...cancel]) }).catch(() => {})
    return undefined
  }

  async #release(notBeforeMs: number): Promise<DriveEnd> {
    await this.#record.save('released', notBeforeMs)
    return 'parked'
  }

  async #end(state: 'succeeded' | 'failed' | 'cancelled'): Promise<DriveEnd> {
    this.#record.operation.state = state
    await this.#record.save('ended')
    return 'ended'
  }

  /** After an outcome that ends this worker's turn, or the step's. */
  async #letGo(outcome: AttemptOutcome): Promise<DriveEnd | undefined> {
    if (outcome.kind === 'lost') return 'lost'
    return outcome.kind === 'stopping' ? this.#stop(outcome.settled) : undefined
  }

  async #stop(settled: boolean): Promise<DriveEnd> {
    // Unsettled work may still act under our fence: then nobody gets the operation before the lease is over.
    if (settled) await this.#record.save('released')
    return 'stopped'
  }

  #attempt(
    { name, attempt, phase }: { name: string; attempt: number; phase: 'run' | 'undo' },
    limits: AttemptLimits,
    call: (context: UnboundContext<Deps>) => Promise<void>,
  ): Promise<AttemptOutcome> {
    const { lease, claim, failpoints } = this.#options
    const point = { operationId: claim.id, type: claim.type, step: name, phase, attempt }
    return attemptStep(lease, limits, async (signal) => {
      const turn: Attempt = {
        step: name,
        attempt,
        signal,
        isOver: false,
        log: (message) => this.#record.addLogLine(name, message),
      }
      try {
        await withFailpoints(failpoints, point, () => call(createContext(this.#options, turn)))
      } finally {
        turn.isOver = true
      }
    })
  }

  #limits(timeoutMs: number, cancellable = false): AttemptLimits {
    return { timeoutMs, graceMs: this.#options.settings.abortGraceMs, cancellable }
  }

  /** Turns an error into what may be stored, and tells the platform's log the whole truth, once. */
  #explain(error: unknown, step: string, phase: 'run' | 'undo'): Problem {
    const { claim, log } = this.#options
    const problem = toProblem(error, step)
    log.warn({ operationId: claim.id, type: claim.type, step, phase, err: error }, 'operation step failed')
    this.#record.addLogLine(step, `${phase} failed: ${problem.detail}`)
    return problem
  }

  #callAttention(step: string): void {
    const { operation } = this.#record
    if (operation.state === 'needs-attention') return
    operation.state = 'needs-attention'
    const { claim, log } = this.#options
    log.error(
      { operationId: claim.id, type: claim.type, step },
      'operation needs attention: it keeps failing and goes on trying',
    )
  }

  #backoff(failures: number, baseMs = UNDO_BASE_MS): number {
    const { settings, random } = this.#options
    return backoffMs(failures, { baseMs, capMs: settings.retryCapMs }, random)
  }

  #at(position: number): [StepFacts, BoundStep<Deps>] {
    const bound = this.#options.bound.steps[position]
    if (bound === undefined) throw new Error(`the definition of ${this.#options.claim.type} has no step ${position}`)
    return [this.#record.step(position), bound]
  }
}

type Failed = Extract<AttemptOutcome, { kind: 'failed' | 'stuck' }>
