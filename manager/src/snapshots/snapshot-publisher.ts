import { listen, type Connection, type Db, type Listener, type Tx } from '@platen/kit/sql'
import {
  acknowledgedChannel,
  changedChannel,
  notYetAcknowledged,
  raiseVersions,
  type Published,
} from './snapshot-store.ts'

/** Notifications only wake; the tables are the truth, and are looked at this often without any. */
const pollMs = 1_000

/** How the rest of the manager tells benches and the edge that something changed. */
export interface SnapshotPublisher {
  /** In the transaction of the change: every process of this bench gets a new snapshot. */
  changedForBench(tx: Tx, benchId: string): Promise<Published[]>
  changedForEdge(tx: Tx): Promise<Published[]>
  /** Waits until all serve accordingly; answers the consumers that did not in time. Ends early with the signal's reason. */
  waitUntilAcknowledged(
    published: readonly Published[],
    limit: { signal?: AbortSignal; timeoutMs: number },
  ): Promise<string[]>
}

/** The publisher, and the waiting room of the long-polls of this process. */
export interface SnapshotHub extends SnapshotPublisher {
  /** Resolves when this consumer's snapshot may have changed, or after `timeoutMs`. */
  change(consumer: string, timeoutMs: number, signal?: AbortSignal): Promise<void>
  close(): Promise<void>
}

export async function createSnapshotHub(db: Db, connection: Connection): Promise<SnapshotHub> {
  const waiting = new Map<string, Set<() => void>>()
  const listener: Listener = await listen(connection, [changedChannel, acknowledgedChannel], (channel, consumer) => {
    // An empty payload follows a lost connection: anything may have happened meanwhile.
    const rooms = consumer === '' ? [...waiting.values()] : [waiting.get(`${channel} ${consumer}`) ?? []]
    for (const wake of rooms.flatMap((room) => [...room])) wake()
  })

  const wakeOn = (keys: readonly string[], timeoutMs: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', done)
        for (const key of keys) {
          const room = waiting.get(key)
          room?.delete(done)
          if (room?.size === 0) waiting.delete(key)
        }
        resolve()
      }
      const timer = setTimeout(done, timeoutMs)
      if (signal?.aborted) return done()
      signal?.addEventListener('abort', done)
      for (const key of keys) waiting.set(key, (waiting.get(key) ?? new Set()).add(done))
    })

  return {
    changedForBench: (tx, benchId) => raiseVersions(tx, { benchId }),
    changedForEdge: (tx) => raiseVersions(tx, { consumer: 'edge' }),

    async waitUntilAcknowledged(published, { signal, timeoutMs }) {
      const deadline = performance.now() + timeoutMs
      const keys = published.map(({ consumer }) => `${acknowledgedChannel} ${consumer}`)
      for (;;) {
        signal?.throwIfAborted()
        // Begin to wait before looking: a wake-up between the look and the wait would be missed.
        const woken = wakeOn(keys, Math.min(pollMs, Math.max(1, deadline - performance.now())), signal)
        const silent = await notYetAcknowledged(db, published)
        if (silent.length === 0 || performance.now() >= deadline) return silent
        await woken
      }
    },

    change: (consumer, timeoutMs, signal) => wakeOn([`${changedChannel} ${consumer}`], timeoutMs, signal),
    close: () => listener.close(),
  }
}
