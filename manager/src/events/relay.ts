import { setTimeout as pause } from 'node:timers/promises'
import type { Logger } from '@platen/kit/logging'
import { deliverPending, type DeliveryFailure, type EventHandler } from '@platen/kit/outbox'
import { listen, type Connection, type Db } from '@platen/kit/sql'
import type { WebhookLanes, WebhookPlace } from '@platen/kit/webhooks'

/** Notified by the trigger of migration 0010. */
const appendedChannel = 'events_appended'

export interface RelayOptions {
  /** As the worker role. */
  db: Db
  connection: Connection
  handlers: readonly EventHandler[]
  /** What is sent to webhooks, in lines of its own. */
  webhooks?: { lanes: WebhookLanes; place: WebhookPlace }
  logger: Logger
  /** Default 5 s. */
  sweepMs?: number
}

/**
 * Delivers the events of the control plane until it is stopped: soon after a commit that appended some, in whatever process, and by
 * the clock, which covers lost notifications and pauses that ended. Several managers may do it at once.
 */
export async function startRelay({
  db,
  connection,
  handlers,
  webhooks,
  logger,
  sweepMs = 5_000,
}: RelayOptions): Promise<{ stop(): Promise<void> }> {
  const stopping = new AbortController()
  const { signal } = stopping
  let nudge = new AbortController()
  const listener = await listen(connection, [appendedChannel], () => nudge.abort())

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      nudge = new AbortController()
      await deliverPending(db, handlers, { signal, onFailure: (failure) => tell(logger, failure) }).catch(
        (error: unknown) => {
          if (!signal.aborted) logger.warn({ err: error }, 'events could not be delivered; the sweep tries again')
        },
      )
      await webhooks?.lanes.look(webhooks.place)
      await pause(sweepMs, undefined, { signal: AbortSignal.any([signal, nudge.signal]) }).catch(() => undefined)
    }
  }
  const running = loop()
  return {
    async stop() {
      stopping.abort()
      await listener.close()
      await Promise.all([running, webhooks?.lanes.stop()])
    },
  }
}

function tell(logger: Logger, { handler, event, events, attempt, error, dead }: DeliveryFailure): void {
  const facts = { err: error, handler, event: event.id, type: event.type, events, attempt, tenant: event.tenantId }
  if (dead) logger.error(facts, 'a delivery was given up: it waits for a person among the dead letters')
  else logger.warn(facts, 'a delivery failed and is tried again')
}
