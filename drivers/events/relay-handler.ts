import { cloudEventOf, type BatchHandler, type EventPlace } from '@platen/kit/outbox'
import type { EventTarget } from './contract.ts'

/**
 * The outbox handler that passes every event on to the target. A target may be away for days: it is tried at least every minute, and
 * nothing is ever given up.
 */
export function relayHandler(target: EventTarget, place: EventPlace): BatchHandler {
  return {
    name: 'relay',
    types: ['*'],
    maxAttempts: Infinity,
    backoffCapMs: 60_000,
    sendAll: (events, { signal }) =>
      target.publish(
        events.map((event) => cloudEventOf(event, place)),
        { signal },
      ),
  }
}
