import { DriverError, Faults } from '../errors/index.ts'
import type { CallOptions, CloudEvent, EventTarget, EventTargetDescription } from './contract.ts'

/** Complete and deterministic, for tests: what was published is in `published`, oldest first. */
export class MemoryEventTarget implements EventTarget {
  readonly faults = new Faults<'publish' | 'check'>()
  readonly published: CloudEvent[] = []
  #isClosed = false

  publish(events: readonly CloudEvent[], { signal }: CallOptions = {}): Promise<void> {
    return this.faults.run('publish', signal, () => {
      if (this.#isClosed) throw new DriverError('unavailable', 'the event target is closed')
      this.published.push(...structuredClone(events))
    })
  }

  describe(): EventTargetDescription {
    return { vendor: 'memory', target: 'the memory of this process' }
  }

  check({ signal }: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    return this.faults
      .run('check', signal, () => ({ ok: !this.#isClosed, detail: 'events stay in memory' }))
      .catch((error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }))
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
