import {
  createNudgeRunner,
  openWorkerPool,
  silentLog,
  type Nudge,
  type NudgeRunner,
  type WorkerLog,
} from '../jobs/index.ts'
import { listen, type Connection, type Db, type Listener } from '../sql/index.ts'
import type { BoundOperation, RunnableOperation } from './definition.ts'
import { driveOperation, type DriveEnd, type Takeover } from './drive-operation.ts'
import { createEngineStore, type Claim, type EngineStore } from './engine-store.ts'
import type { Failpoints } from './failpoints.ts'
import { LeaseKeeper } from './lease-keeper.ts'
import { Lease } from './lease.ts'
import { operationProblems } from './problems.ts'

/** Name of the graphile-worker task that carries an operation's id. */
export const NUDGE_JOB = 'operation'

export interface OperationRunnerOptions<Deps> {
  /** Pool of the worker role, used by `context.write`. */
  db: Db
  /** As the worker role; the engine opens a few connections of its own. */
  connection: Connection
  /** All versions of which operations may be unfinished. */
  definitions: readonly RunnableOperation<Deps>[]
  deps: Deps
  /** Names this process in the claims. */
  workerId: string
  /** Default 30 s. A dead worker's operation is taken up after at most leaseMs + sweepMs. */
  leaseMs?: number
  /** Default a third of leaseMs, at most 10 s. */
  heartbeatMs?: number
  /** Default 3 s: how often to look for operations that nobody holds. */
  sweepMs?: number
  /** Operations at once, default 10. */
  concurrency?: number
  /** Default 5 s: how long a step may take to end after its signal fired. */
  abortGraceMs?: number
  /** Default 5 s: for longer waits between attempts the claim is given back. */
  parkAfterMs?: number
  /** Default 5: failures of an undo, or of a step past the pivot, until the state says needs-attention. */
  attentionAfter?: number
  /** Default 60 s: longest backoff. */
  retryCapMs?: number
  /** `own` (default): `start` runs a small nudge runner. `shared`: the caller gives `nudge()` to a nudge runner of its own. */
  nudges?: 'own' | 'shared'
  /**
   * Called by every owner but the first, before it runs or undoes anything: end the database sessions whose application_name begins with
   * `takeover.tagPrefix` and is not `takeover.tag` (the last of them was `previousTag`). While it fails the operation waits.
   */
  onTakeover?: (previousTag: string, takeover: Takeover) => Promise<void>
  log?: WorkerLog
  /** For tests. */
  failpoints?: Failpoints
  /** For backoff, default Math.random. */
  random?: () => number
}

/** Claims operations and drives them. Any number of runners may share a database; one that dies leaves its work to the others. */
export class OperationRunner<Deps> {
  readonly #options: OperationRunnerOptions<Deps>
  readonly #definitions: ReadonlyMap<string, RunnableOperation<Deps>>
  readonly #store: EngineStore
  readonly #keeper: LeaseKeeper
  readonly #closePools: () => Promise<void>
  readonly #running = new Map<string, Promise<void>>()
  readonly #log: WorkerLog
  readonly #leaseMs: number
  #nudgeRunner: NudgeRunner | undefined
  #cancelListener: Listener | undefined
  #sweepTimer: NodeJS.Timeout | undefined
  #sweeping: Promise<void> = Promise.resolve()
  #isStopping = false
  #isSweeping = false

  constructor(options: OperationRunnerOptions<Deps>) {
    const { connection, definitions, workerId, leaseMs = 30_000, log = silentLog } = options
    this.#options = options
    this.#leaseMs = leaseMs
    this.#log = log
    this.#definitions = new Map(definitions.map((definition) => [keyOf(definition), definition]))
    if (this.#definitions.size !== definitions.length)
      throw new Error('two operation definitions have the same type and version')
    const pool = openWorkerPool(connection, {
      max: 4,
      purpose: 'operations',
      operator: true,
      statementTimeoutMs: 10_000,
    })
    const beatPool = openWorkerPool(connection, {
      max: 1,
      purpose: 'operations heartbeat',
      operator: true,
      statementTimeoutMs: 5_000,
    })
    const known = definitions.map(({ type, version }) => ({ type, version }))
    this.#store = createEngineStore({ pool, beatPool, workerId, leaseMs, known })
    this.#keeper = new LeaseKeeper({
      store: this.#store,
      heartbeatMs: options.heartbeatMs ?? Math.min(10_000, leaseMs / 3),
      log,
    })
    this.#closePools = async () => void (await Promise.all([pool.end(), beatPool.end()]))
  }

  /** Begins to take operations. */
  async start(): Promise<void> {
    const { connection, workerId, nudges = 'own' } = this.#options
    const unknown = await this.#store.unknownTypes()
    if (unknown.length > 0)
      this.#log.warn({ unknown }, 'unfinished operations of types or versions that this worker does not know')
    // Empty after a reconnect: then anything may have been missed.
    this.#cancelListener = await listen(connection, ['operation_cancel'], (_channel, id) => {
      const lease = this.#keeper.get(id)
      if (lease !== undefined) lease.requestCancel()
      else if (id === '') void this.#keeper.check()
    })
    if (nudges === 'own') {
      this.#nudgeRunner = createNudgeRunner({ connection, nudges: [this.nudge()], workerId, log: this.#log })
      await this.#nudgeRunner.start()
    }
    this.#scheduleSweep(0)
  }

  /** Takes nothing new, tells running steps to stop, gives back what it holds, closes its connections. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#sweepTimer)
    this.#keeper.stopAll()
    await this.#nudgeRunner?.stop()
    await this.#cancelListener?.close()
    await this.#sweeping
    await Promise.all(this.#running.values())
    await this.#closePools()
  }

  /** What wakes this runner, for a nudge runner that is shared (option `nudges: 'shared'`). */
  nudge(): Nudge {
    // Only a hint: the claim is in operations, and what is not taken now is found by the sweep.
    return { name: NUDGE_JOB, run: (id) => this.#take(id) }
  }

  /** Claims the operation if it is free and works on it; resolves when it ended or this runner has let go of it. Never rejects. */
  run(operationId: string): Promise<void> {
    const known = this.#running.get(operationId)
    if (known !== undefined) return known
    const running = this.#claimAndDrive(operationId).finally(() => {
      this.#running.delete(operationId)
      // A slot is free; somebody may have been turned away.
      if (this.#isSaturatedBut(1)) this.#scheduleSweep(0)
    })
    this.#running.set(operationId, running)
    return running
  }

  #take(operationId: string): void {
    if (!this.#isStopping && !this.#isSaturatedBut(0)) void this.run(operationId)
  }

  #isSaturatedBut(free: number): boolean {
    return this.#running.size + free >= (this.#options.concurrency ?? 10)
  }

  async #claimAndDrive(operationId: string): Promise<void> {
    if (this.#isStopping) return
    const claimedAtMs = performance.now()
    let claim: Claim | undefined
    try {
      claim = await this.#store.claim(operationId)
    } catch (error) {
      this.#log.warn({ operationId, err: error }, 'claiming an operation failed')
    }
    if (claim === undefined) return
    const lease = new Lease(claim.id, claim.fence, this.#leaseMs, claimedAtMs)
    if (claim.cancelRequested) lease.requestCancel()
    if (this.#isStopping) lease.stop()
    this.#keeper.hold(lease)
    try {
      const end = await this.#drive(claim, lease)
      this.#log.info({ operationId, type: claim.type, fence: claim.fence, end }, 'operation left')
    } catch (error) {
      this.#log.error(
        { operationId, type: claim.type, err: error },
        'the engine failed on an operation; the sweep will take it up again',
      )
    } finally {
      this.#keeper.release(lease)
    }
  }

  async #drive(claim: Claim, lease: Lease): Promise<DriveEnd> {
    const bound = this.#bind(claim)
    if (bound === undefined) return this.#refuse(claim)
    const { db, deps, failpoints, onTakeover, random = Math.random } = this.#options
    const { abortGraceMs = 5_000, parkAfterMs = 5_000, attentionAfter = 5, retryCapMs = 60_000 } = this.#options
    return driveOperation({
      claim,
      lease,
      bound,
      deps,
      db,
      store: this.#store,
      leaseMs: this.#leaseMs,
      settings: { abortGraceMs, parkAfterMs, attentionAfter, retryCapMs },
      log: this.#log,
      random,
      failpoints,
      onTakeover,
    })
  }

  /** Undefined when the stored steps or input are not those of the definition: it was edited without a new version. */
  #bind(claim: Claim): BoundOperation<Deps> | undefined {
    const definition = this.#definitions.get(keyOf(claim))
    const names = claim.steps.map((step) => step.name).join(' ')
    if (definition === undefined || names !== definition.plan.map((step) => step.name).join(' ')) return undefined
    try {
      return definition.bind(claim.input)
    } catch (error) {
      this.#log.error(
        { operationId: claim.id, type: claim.type, err: error },
        'the stored input does not fit the definition',
      )
      return undefined
    }
  }

  async #refuse(claim: Claim): Promise<DriveEnd> {
    const { id, fence, direction, pastPivot, type, version } = claim
    this.#log.error({ operationId: id, type, version }, 'definition was changed without a new version')
    const detail = `${type} version ${version} has other steps or another input now than when it was started`
    const problem = operationProblems.problem('operation-definition-changed', detail).toJSON()
    const operation = {
      state: 'needs-attention' as const,
      direction,
      pastPivot,
      problem: direction === 'back' ? claim.problem : problem,
    }
    await this.#store.advance(id, fence, {
      operation,
      claim: 'released',
      notBeforeMs: 60_000,
      steps: [],
      log: [{ step: null, message: detail }],
    })
    return 'parked'
  }

  #scheduleSweep(delayMs: number): void {
    if (this.#isStopping || this.#isSweeping || this.#cancelListener === undefined) return
    clearTimeout(this.#sweepTimer)
    this.#sweepTimer = setTimeout(() => void (this.#sweeping = this.#sweep()), delayMs)
  }

  async #sweep(): Promise<void> {
    const { sweepMs = 3_000, concurrency = 10 } = this.#options
    this.#isSweeping = true
    try {
      const room = concurrency - this.#running.size
      for (const id of room > 0 ? await this.#store.claimable(room) : []) this.#take(id)
    } catch (error) {
      this.#log.warn({ err: error }, 'sweep for operations failed')
    }
    this.#isSweeping = false
    // Not in step with the other workers.
    this.#scheduleSweep(sweepMs * (0.75 + Math.random() / 2))
  }
}

function keyOf({ type, version }: { type: string; version: number }): string {
  return `${type}@${version}`
}
