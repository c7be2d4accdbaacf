import type { ChildProcess } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { newId } from '../../../kit/ids/index.ts'
import type { CloudEvent } from '../../../drivers/events/index.ts'
import type { Broker } from '../../../drivers/events/testing/broker-process.ts'
import { bindQueue, drainQueue, rabbitServer } from '../../../drivers/events/testing/rabbitmq-server.ts'
import { readStream, redisServer } from '../../../drivers/events/testing/redis-server.ts'
import { one, sql } from '../../../kit/sql/index.ts'
import { eventually } from '../../../kit/testing/index.ts'
import { delivered, endOf, isDone, relayWorld, seenAmong, seenIn, type RelayWorld, type Seen } from './relay-world.ts'

export interface RelayLoad {
  events: number
  /** `database`: handlers with effects in the same database; workers are killed. Otherwise the broker is killed too, and started again. */
  to: 'database' | 'redis' | 'rabbitmq'
}

export interface RelayReport {
  seen: Seen
  /** Of handlers that act in the database, where there are any. */
  effects?: Seen
  seconds: number
  perSecond: number
  workersKilled: number
}

const workers = 2
const kills = 4
const leaseMs = 2_000
const patienceMs = 1_800_000
const lookMs = 200

/** Many events, two relays of which one is killed with -9 again and again, and a broker that is killed in the middle. */
export async function loadRelay({ events, to }: RelayLoad): Promise<RelayReport> {
  const world = await relayWorld()
  const broker = to === 'database' ? undefined : await (to === 'redis' ? redisServer() : rabbitServer())
  const queue = newId()
  if (to === 'rabbitmq' && broker !== undefined) await bindQueue(broker.url, queue, `${world.siteId}.#`)
  try {
    await world.append(events, Math.ceil(events / 100))
    const startedMs = performance.now()
    const workersKilled = await deliverUnderFire(world, to, broker, events)
    const seconds = (performance.now() - startedMs) / 1_000
    const seen = await arrivals(world, to, broker, queue)
    const effects = to === 'database' ? await seenIn(world, 'effects') : undefined
    return {
      seen,
      ...(effects === undefined ? {} : { effects }),
      seconds,
      perSecond: Math.round(events / seconds),
      workersKilled,
    }
  } finally {
    await broker?.close()
    await world.close()
  }
}

async function deliverUnderFire(
  world: RelayWorld,
  to: RelayLoad['to'],
  broker: Broker | undefined,
  events: number,
): Promise<number> {
  const target = to === 'database' || broker === undefined ? {} : { target: { vendor: to, url: broker.url } }
  const start = (): ChildProcess => world.startWorker({ leaseMs, manyEvents: true, ...target })
  const running = Array.from({ length: workers }, start)
  const deliveries = broker === undefined ? events * 2 : events
  for (let kill = 1; kill <= kills; kill += 1) {
    await eventually(
      async () => {
        // Counting a hundred thousand rows again and again would slow down what is measured.
        await pause(lookMs)
        return (await delivered(world)) >= (deliveries * kill) / (kills + 2)
      },
      { timeoutMs: patienceMs },
    )
    const [victim] = running.splice(0, 1)
    victim?.kill('SIGKILL')
    running.push(start())
    if (kill === kills / 2 && broker !== undefined) await killAndRestart(world, broker)
  }
  const ends = await Promise.all(running.map(endOf))
  if (ends.some((end) => end !== '0') || !(await isDone(world.app)))
    throw new Error(`relays ended with ${ends.join(', ')}`)
  return kills
}

/** Away until a relay has noticed. */
async function killAndRestart(world: RelayWorld, broker: Broker): Promise<void> {
  await broker.kill()
  await eventually(
    async () =>
      (
        await one(
          world.database.db,
          sql<{
            noticed: boolean
          }>`select exists(select from outbox.deliveries where last_error is not null) as noticed`,
        )
      ).noticed,
    { timeoutMs: 60_000 },
  )
  await broker.start()
}

async function arrivals(
  world: RelayWorld,
  to: RelayLoad['to'],
  broker: Broker | undefined,
  queue: string,
): Promise<Seen> {
  if (broker === undefined) return seenIn(world, 'books')
  if (to === 'redis') return seenAmong(await readStream(broker.url, world.siteId))
  const messages = await drainQueue(broker.url, queue)
  // Written by the relay.
  return seenAmong(messages.map(({ content }) => JSON.parse(content.toString()) as CloudEvent))
}
