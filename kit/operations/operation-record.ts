import { setTimeout as pause } from 'node:timers/promises'
import type { WorkerLog } from '../jobs/index.ts'
import type { Claim, EngineStore, LogLine, StepChange } from './engine-store.ts'
import { isConnectionFailure, LeaseLost } from './failures.ts'
import type { Lease } from './lease.ts'
import type { OperationFacts, StepFacts } from './operation-rules.ts'
import { StepLog } from './step-log.ts'

const RETRY_MS = 100

export interface RecordOptions {
  claim: Claim
  lease: Lease
  store: Pick<EngineStore, 'advance' | 'appendLog'>
  log: WorkerLog
}

/** What this worker knows of its operation, and the way it gets into the database: changes gather until `save` writes them at once. */
export class OperationRecord {
  readonly operation: OperationFacts
  readonly #options: RecordOptions
  readonly #lines: StepLog
  readonly #changes = new Map<number, StepChange>()

  constructor(options: RecordOptions) {
    this.#options = options
    const { state, direction, pastPivot, problem } = options.claim
    // What an earlier worker complained about on the way forward is over; on the way back it is why.
    this.operation = { state, direction, pastPivot, problem: direction === 'forward' ? null : problem }
    this.#lines = new StepLog((lines) => this.#appendLog(lines))
  }

  get steps(): readonly StepFacts[] {
    return this.#options.claim.steps
  }

  step(position: number): StepFacts {
    const step = this.steps[position]
    if (step === undefined) throw new Error(`operation ${this.#options.claim.id} has no step ${position}`)
    return step
  }

  change(position: number, facts: Partial<StepFacts>, marks: { begins?: boolean; ends?: boolean } = {}): void {
    const step = Object.assign(this.step(position), facts)
    const earlier = this.#changes.get(position)
    const begins = marks.begins ?? earlier?.begins ?? false
    const ends = marks.ends ?? (marks.begins === true ? false : (earlier?.ends ?? false))
    this.#changes.set(position, { ...step, begins, ends })
  }

  addLogLine(step: string | null, message: string): void {
    this.#lines.add(step, message)
  }

  /**
   * Writes down all that has changed, and renews, gives back or ends the claim. While the database cannot be reached it is tried again
   * for as long as the lease holds.
   * @throws LeaseLost
   */
  async save(claim: 'kept' | 'ended' | 'released', notBeforeMs = 0): Promise<void> {
    const { store, lease, log } = this.#options
    const steps = [...this.#changes.values()]
    this.#changes.clear()
    const advance = { operation: this.operation, claim, notBeforeMs, steps, log: this.#lines.take() }
    while (!lease.isLost) {
      const askedAtMs = performance.now()
      try {
        const row = await store.advance(lease.operationId, lease.fence, advance)
        if (row === undefined) break
        lease.renew(askedAtMs)
        if (row.cancelRequested && !lease.cancelRequested) lease.requestCancel()
        return
      } catch (error) {
        // Repeating is safe: the statement sets, it does not add; log lines may come twice.
        if (!(error instanceof Error) || !isConnectionFailure(error) || lease.isExpired || lease.isStopping) throw error
        log.warn({ operationId: lease.operationId, err: error }, 'recording an operation failed, trying again')
        await pause(RETRY_MS)
      }
    }
    lease.lose()
    throw new LeaseLost(`operation ${lease.operationId} has another owner than fence ${lease.fence}`)
  }

  /** Drops log lines that wait: of a lost operation nothing may be written any more. */
  close(): void {
    this.#lines.take()
  }

  async #appendLog(lines: readonly LogLine[]): Promise<void> {
    const { store, lease, log } = this.#options
    try {
      if (!lease.isLost && !(await store.appendLog(lease.operationId, lease.fence, lines))) lease.lose()
    } catch (error) {
      log.warn({ operationId: lease.operationId, err: error }, 'log lines of an operation were lost')
    }
  }
}
