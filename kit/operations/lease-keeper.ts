import type { WorkerLog } from '../jobs/index.ts'
import type { EngineStore } from './engine-store.ts'
import type { Lease } from './lease.ts'

export interface LeaseKeeperOptions {
  store: Pick<EngineStore, 'beat'>
  heartbeatMs: number
  log: WorkerLog
}

/**
 * Renews the leases of this process, all in one statement, on a connection of its own. The timers belong to the event loop on purpose:
 * when it hangs, no heartbeat is sent and the operations go to a worker that can do something. A lease that could not be renewed in time
 * is given up here too, without asking the database: its time may be over there.
 */
export class LeaseKeeper {
  readonly #options: LeaseKeeperOptions
  readonly #leases = new Map<string, Lease>()
  #beatTimer: NodeJS.Timeout | undefined
  #watchTimer: NodeJS.Timeout | undefined
  #beating: Promise<void> = Promise.resolve()

  constructor(options: LeaseKeeperOptions) {
    this.#options = options
  }

  hold(lease: Lease): void {
    this.#leases.set(lease.operationId, lease)
    if (this.#beatTimer !== undefined) return
    const { heartbeatMs } = this.#options
    this.#beatTimer = setInterval(() => this.#beatSoon(), heartbeatMs)
    this.#watchTimer = setInterval(() => this.#watch(), Math.max(50, Math.min(1_000, heartbeatMs / 3)))
  }

  release(lease: Lease): void {
    if (this.#leases.get(lease.operationId) === lease) this.#leases.delete(lease.operationId)
    if (this.#leases.size > 0) return
    clearInterval(this.#beatTimer)
    clearInterval(this.#watchTimer)
    this.#beatTimer = undefined
  }

  get(operationId: string): Lease | undefined {
    return this.#leases.get(operationId)
  }

  /** Learns at once what the next heartbeat would say: which leases are lost, which operations cancelled. */
  async check(): Promise<void> {
    this.#beatSoon()
    await this.#beating
  }

  /** Tells all work to stop. */
  stopAll(): void {
    for (const lease of this.#leases.values()) lease.stop()
  }

  #beatSoon(): void {
    // One after another: a slow database must not gather heartbeats.
    this.#beating = this.#beating.then(() => this.#beat())
  }

  async #beat(): Promise<void> {
    const held = [...this.#leases.values()]
    if (held.length === 0) return
    const askedAtMs = performance.now()
    try {
      const rows = new Map(
        (await this.#options.store.beat(held.map(({ operationId, fence }) => ({ id: operationId, fence })))).map(
          (row) => [row.id, row],
        ),
      )
      for (const lease of held) {
        const row = rows.get(lease.operationId)
        if (row === undefined || !row.held) {
          // It may have ended by our own last write while the heartbeat was on its way.
          if (this.#leases.get(lease.operationId) === lease) lease.lose()
          continue
        }
        if (row.renewed) lease.renew(askedAtMs)
        if (row.cancelRequested && !lease.cancelRequested) lease.requestCancel()
      }
    } catch (error) {
      this.#options.log.warn({ err: error, operations: held.length }, 'operation heartbeat failed')
    }
  }

  #watch(): void {
    for (const lease of this.#leases.values()) if (lease.isExpired) lease.lose()
  }
}
