// Each webhook has a lane of its own, so that a receiver that is slow or away holds up nobody: neither other handlers, which are
// delivered elsewhere, nor other webhooks. A lane does a few deliveries and goes to the end of the line; after a silence it pauses.
import type { Logger } from '../logging/index.ts'
import { deliverSome, dueHandlers, type DeliveryFailure, type DueHandler, type EventPlace } from '../outbox/index.ts'
import type { Vault } from '../secrets/index.ts'
import { withScope, type Db } from '../sql/index.ts'
import { handlerPrefix, maxAttempts, webhookHandler, webhookOf } from './deliver-webhook.ts'
import type { AddressRule } from './webhook-address.ts'

/** At once in this process, and of one place: a site with many dead receivers leaves lanes for others. */
const defaultWidth = 16
const defaultWidthPerPlace = 4
const deliveriesPerTurn = 5
const firstPauseMs = 5_000
const longestPauseMs = 60_000

/** One outbox. */
export interface WebhookPlace {
  place: EventPlace
  /** Connections that stay open until `close`. */
  open(): { db: Db; vault: Vault; close(): void }
}

export interface WebhookLanes {
  /** Begins to deliver what is due to webhooks of a place, and does not wait for it. Never rejects. */
  look(place: WebhookPlace): Promise<void>
  /** Something of the place is due now, as far as its last look knew. */
  isDue(place: EventPlace): boolean
  /** Ends what runs after its current delivery. */
  stop(): Promise<void>
}

export interface WebhookLanesOptions {
  rule: AddressRule
  logger: Logger
  width?: number
  widthPerPlace?: number
  timeoutMs?: number
}

interface Pause {
  count: number
  untilMs: number
}

export function createWebhookLanes(options: WebhookLanesOptions): WebhookLanes {
  const { logger, width = defaultWidth, widthPerPlace = defaultWidthPerPlace } = options
  const stopping = new AbortController()
  const lanes = new Map<string, { key: string; done: Promise<void> }>()
  const pauses = new Map<string, Pause>()
  const dueAtMs = new Map<string, number>()

  const mayBegin = (name: string, key: string): boolean =>
    !lanes.has(name) &&
    lanes.size < width &&
    [...lanes.values()].filter((lane) => lane.key === key).length < widthPerPlace

  const begin = (name: string, place: WebhookPlace): void => {
    const key = keyOf(place.place)
    const done = runTurn(name, place, { ...options, stopping: stopping.signal, pauses })
      .catch((error: unknown) => {
        if (!stopping.signal.aborted)
          logger.warn({ err: error, handler: name }, 'a webhook could not be delivered to; the sweep tries again')
        return 0
      })
      .then((found) => {
        lanes.delete(name)
        // Whoever waited for a lane may have this one now.
        if (found > 0) void look(place)
      })
    lanes.set(name, { key, done })
  }

  const look = async (place: WebhookPlace): Promise<void> => {
    if (stopping.signal.aborted) return
    try {
      const waiting = await readDue(place)
      const nowMs = performance.now()
      dueAtMs.set(keyOf(place.place), nowMs + (waiting[0]?.dueInMs ?? Infinity))
      for (const { name, dueInMs } of waiting) {
        const isPaused = (pauses.get(name)?.untilMs ?? 0) > nowMs
        if (dueInMs <= 0 && !isPaused && !stopping.signal.aborted && mayBegin(name, keyOf(place.place)))
          begin(name, place)
      }
    } catch (error) {
      if (!stopping.signal.aborted)
        logger.warn({ err: error }, 'webhooks could not be looked at; the sweep tries again')
    }
  }

  return {
    look,
    isDue: (place) => (dueAtMs.get(keyOf(place)) ?? Infinity) <= performance.now(),
    async stop() {
      stopping.abort()
      await Promise.all([...lanes.values()].map(({ done }) => done))
    },
  }
}

const keyOf = (place: EventPlace): string => (place === 'control-plane' ? place : place.siteId)

async function readDue(place: WebhookPlace): Promise<DueHandler[]> {
  const { db, close } = place.open()
  try {
    return await withScope(db, { operator: true }, (tx) => dueHandlers(tx, handlerPrefix))
  } finally {
    close()
  }
}

/** A few deliveries of one webhook; answers how many it took on. After a silence the rest is left for later. */
async function runTurn(
  name: string,
  place: WebhookPlace,
  parts: WebhookLanesOptions & { stopping: AbortSignal; pauses: Map<string, Pause> },
): Promise<number> {
  const { pauses, logger, rule, timeoutMs } = parts
  const silence = new AbortController()
  const { db, vault, close } = place.open()
  const handler = webhookHandler(webhookOf(name), {
    db,
    vault,
    rule,
    place: place.place,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    onAnswer: () => pauses.delete(name),
    onSilence() {
      const count = (pauses.get(name)?.count ?? 0) + 1
      const pauseMs = Math.min(longestPauseMs, firstPauseMs * 2 ** (count - 1))
      pauses.set(name, { count, untilMs: performance.now() + pauseMs })
      silence.abort()
    },
  })
  try {
    return await deliverSome(db, handler, {
      batchSize: deliveriesPerTurn,
      maxAttempts,
      signal: AbortSignal.any([parts.stopping, silence.signal]),
      onFailure: (failure) => tell(logger, failure),
    })
  } finally {
    close()
  }
}

/** An everyday matter of whoever runs the receiver: the log of the webhook says why. */
function tell(logger: Logger, { handler, event, attempt, dead }: DeliveryFailure): void {
  const facts = { handler, event: event.id, type: event.type, attempt, tenant: event.tenantId }
  logger.info(facts, dead ? 'a webhook was given up for an event' : 'a webhook was not told and is tried again')
}
