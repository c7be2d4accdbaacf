/** What every event target must do. Called by the test of each vendor with a factory for a target and a look at what arrived. */
import { newId } from '@platen/kit/ids'
import { cloudEventOf } from '@platen/kit/outbox'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CloudEvent, EventTarget } from './contract.ts'

export interface EventTargetFixture {
  target: EventTarget
  /** What a consumer of that place has got so far, oldest first. */
  arrived(place: string): Promise<CloudEvent[]>
  close(): Promise<void>
}

const controlPlane = 'control-plane'

/** The events 1 to `count` of one aggregate. */
export function someEvents(
  count: number,
  { siteId, payload = {} }: { siteId?: string; payload?: object } = {},
): CloudEvent[] {
  const [aggregateId, tenantId] = [newId(), siteId ?? newId()]
  return Array.from({ length: count }, (_, index) =>
    cloudEventOf(
      {
        id: newId(),
        type: 'OrderSubmitted',
        version: 1,
        aggregate: 'order',
        aggregateId,
        sequence: BigInt(index + 1),
        tenantId,
        occurredAt: new Date('2026-11-28T09:30:00.000Z'),
        payload: { ...payload, index },
      },
      siteId === undefined ? controlPlane : { siteId },
    ),
  )
}

// Typed unknown because the matchers are `any`.
const unavailable: unknown = expect.objectContaining({ kind: 'unavailable', retryable: true })

export function eventTargetConformance(vendor: string, make: (place: string) => Promise<EventTargetFixture>): void {
  describe(`${vendor}: contract of an event target`, () => {
    let fixture: EventTargetFixture
    let siteId: string
    beforeEach(async () => {
      siteId = newId()
      fixture = await make(siteId)
    })
    afterEach(() => fixture.close())

    test('what was published has arrived when the call returns: unchanged, in its order, in every script', async () => {
      const events = someEvents(500, { siteId, payload: { name: '« Café Zoë » النسخة 📦', none: null } })
      await fixture.target.publish(events.slice(0, 300))
      await fixture.target.publish(events.slice(300))
      expect(await fixture.arrived(siteId)).toEqual(events)
    })

    test('calls at once are done one after the other', async () => {
      const events = someEvents(60, { siteId })
      await Promise.all([0, 20, 40].map((start) => fixture.target.publish(events.slice(start, start + 20))))
      expect(await fixture.arrived(siteId)).toEqual(events)
    })

    test('what is published again keeps its id, by which a consumer takes it once', async () => {
      const events = someEvents(3, { siteId })
      await fixture.target.publish(events)
      await fixture.target.publish(events)
      const ids = new Set((await fixture.arrived(siteId)).map(({ id }) => id))
      expect([...ids]).toEqual(events.map(({ id }) => id))
    })

    test('the places are kept apart', async () => {
      const events = someEvents(2, { siteId })
      await fixture.target.publish([...someEvents(3, { siteId: newId() }), ...events])
      expect(await fixture.arrived(siteId)).toEqual(events)
    })

    test('nothing is published for an empty batch, nor when the caller has given up', async () => {
      await fixture.target.publish([])
      const publishing = fixture.target.publish(someEvents(1, { siteId }), { signal: AbortSignal.abort() })
      await expect(publishing).rejects.toEqual(unavailable)
      expect(await fixture.arrived(siteId)).toEqual([])
    })

    test('it says that it is well, and who it is, without a password', async () => {
      expect(await fixture.target.check()).toMatchObject({ ok: true })
      expect(JSON.stringify([await fixture.target.check(), fixture.target.describe()])).not.toContain('battery')
    })

    test('once closed it takes nothing more, and closing again does no harm', async () => {
      await fixture.target.close()
      await fixture.target.close()
      await expect(fixture.target.publish(someEvents(1, { siteId }))).rejects.toEqual(unavailable)
      expect(await fixture.target.check()).toMatchObject({ ok: false })
    })
  })
}
