import { describe, expect, test } from 'vitest'
import { hasRabbit } from '../../../drivers/events/testing/rabbitmq-server.ts'
import { hasRedis } from '../../../drivers/events/testing/redis-server.ts'
import { isFullForm } from '../config.ts'
import { loadRelay, type RelayLoad } from './relay-load.ts'

const events = isFullForm() ? 100_000 : 2_000
const timeout = isFullForm() ? 3_600_000 : 300_000

/** The line of a run that a person compares with measurements.md. */
async function run(load: RelayLoad) {
  const report = await loadRelay(load)
  const { seconds, perSecond, workersKilled, seen } = report
  console.log(
    `${load.events} events to ${load.to}: ${seconds.toFixed(1)} s, ${perSecond}/s, ${workersKilled} relays killed, ${seen.again} arrived again`,
  )
  return report
}

describe('events under fire: relays are killed with -9 while they deliver', () => {
  test(
    'effects in the database happen once and in order, told once or five times',
    async () => {
      const { seen, effects } = await run({ events: isFullForm() ? events : 1_000, to: 'database' })
      const whole = { events: isFullForm() ? events : 1_000, again: 0, outOfOrder: 0 }
      expect([seen, effects]).toEqual([whole, whole])
    },
    timeout,
  )

  test.skipIf(!hasRedis)(
    'Redis, killed in the middle, has every event in order in the end',
    async () => {
      const { seen } = await run({ events, to: 'redis' })
      expect(seen).toMatchObject({ events, outOfOrder: 0 })
    },
    timeout,
  )

  test.skipIf(!hasRabbit)(
    'RabbitMQ, killed in the middle, has every event in order in the end',
    async () => {
      const { seen } = await run({ events, to: 'rabbitmq' })
      expect(seen).toMatchObject({ events, outOfOrder: 0 })
    },
    timeout,
  )
})
