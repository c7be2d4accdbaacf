import { newId } from '@platen/kit/ids'
import { createLogger } from '@platen/kit/logging'
import { appendEvent, defineEvent, type EventHandler } from '@platen/kit/outbox'
import { withScope } from '@platen/kit/sql'
import { eventually, type TestDatabase } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { testManagerDatabase } from '../../testing/platform.ts'
import { startRelay } from './relay.ts'

const ThingHappened = defineEvent({
  type: 'ThingHappened',
  version: 1,
  aggregate: 'thing',
  description: 'Only here.',
  payload: z.strictObject({}),
})
const logger = createLogger({ name: 'test', level: 'silent' })
const tenantId = newId()
let database: TestDatabase
beforeAll(async () => {
  database = await testManagerDatabase()
})
afterAll(() => database.drop())

/** As a request does: in the API's process, as its role. */
async function append(): Promise<string> {
  const id = newId()
  const api = database.connect('platen_api')
  await withScope(api, { tenantId }, (tx) => appendEvent(tx, tenantId, ThingHappened.of(id, {})))
  return id
}

const relayOf = (handler: EventHandler, sweepMs: number) =>
  startRelay({
    db: database.connect('platen_worker'),
    connection: database.createConnection('platen_worker'),
    handlers: [handler],
    logger,
    sweepMs,
  })

test('what another process appends is delivered at once, without a sweep', async () => {
  const seen: string[] = []
  const relay = await relayOf(
    { name: 'test.at-once', types: ['ThingHappened'], send: async ({ aggregateId }) => void seen.push(aggregateId) },
    3_600_000,
  )
  for (let count = 1; count <= 3; count += 1) {
    const id = await append()
    await eventually(() => seen.includes(id))
  }
  await relay.stop()
})

test('what was appended while no relay ran, and what failed, is delivered by the sweep', async () => {
  const id = await append()
  const attempts: number[] = []
  const relay = await relayOf(
    {
      name: 'test.at-once',
      types: ['ThingHappened'],
      async send(event, { attempt }) {
        expect(event.aggregateId).toBe(id)
        attempts.push(attempt)
        if (attempt === 1) throw new Error('not yet')
      },
    },
    20,
  )
  await eventually(() => attempts.length === 2)
  await relay.stop()
  expect(attempts).toEqual([1, 2])
})
