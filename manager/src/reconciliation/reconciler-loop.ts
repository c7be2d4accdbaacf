import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@platen/kit/logging'
import { listen, type Connection } from '@platen/kit/sql'
import type { Reconciler } from './reconciler.ts'
import { wantedChannel } from './reconciliation-store.ts'

export interface ReconcilerLoopOptions {
  reconciler: Reconciler
  connection: Connection
  logger: Logger
  /** Default 30 s. */
  periodMs?: number
  /** Many changes in a row wake it once. Default 2 s. */
  restMs?: number
}

/** Runs all scopes by the clock, and soon after rows changed: the same run either way. */
export async function startReconciling({
  reconciler,
  connection,
  logger,
  periodMs = 30_000,
  restMs = 2_000,
}: ReconcilerLoopOptions): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  const { signal } = stopping
  let nudge = new AbortController()
  const listener = await listen(connection, [wantedChannel], () => nudge.abort())
  const sleep = (ms: number, ...signals: AbortSignal[]): Promise<void> =>
    pause(ms, undefined, { signal: AbortSignal.any([signal, ...signals]) }).catch(() => undefined)

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      nudge = new AbortController()
      await reconciler.run({ signal }).catch((error: unknown) => {
        if (!signal.aborted) logger.warn({ err: error }, 'reconciling did not work; trying again')
      })
      await sleep(restMs)
      await sleep(periodMs - restMs, nudge.signal)
    }
  }
  const running = loop()
  return {
    async stop() {
      stopping.abort()
      await listener.close()
      await running
    },
  }
}
