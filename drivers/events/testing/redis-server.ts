import { createClient } from '@redis/client'
import type { CloudEvent } from '../contract.ts'
import { streamOf } from '../names.ts'
import { isInstalled, startBroker, type Broker, type BrokerProgram } from './broker-process.ts'

export const redisProgram: BrokerProgram = {
  name: 'redis-server',
  file: '/usr/bin/redis-server',
  package: 'redis-server',
}
export const hasRedis = isInstalled(redisProgram)
export const redisPassword = 'correct-horse-battery'

/** With an append-only file, as an operator who wants to lose nothing sets it up. */
export function redisServer({ appendOnly = true } = {}): Promise<Broker> {
  return startBroker(({ directory, port }) => {
    const settings = {
      port: String(port),
      bind: '127.0.0.1',
      dir: directory,
      save: '',
      appendonly: appendOnly ? 'yes' : 'no',
      requirepass: redisPassword,
    }
    return {
      program: redisProgram,
      args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
      env: {},
      url: `redis://:${redisPassword}@127.0.0.1:${port}`,
      answers: (url) => withRedis(url, async (client) => (await client.ping()) === 'PONG').catch(() => false),
    }
  })
}

const clientOf = (url: string) => createClient({ url, socket: { reconnectStrategy: false, connectTimeout: 1_000 } })
type RedisClient = ReturnType<typeof clientOf>

export async function withRedis<T>(url: string, work: (client: RedisClient) => Promise<T>): Promise<T> {
  const client = clientOf(url)
  client.on('error', () => undefined)
  try {
    await client.connect()
    return await work(client)
  } finally {
    client.destroy()
  }
}

/** Everything that is in the stream of a place, as a consumer reads it. */
export function readStream(url: string, place: string): Promise<CloudEvent[]> {
  return withRedis(url, async (client) => {
    const entries = await client.xRange(streamOf(place), '-', '+')
    // Written by the driver under test.
    return (entries ?? []).map(({ message }) => JSON.parse(message['event'] ?? '') as CloudEvent)
  })
}
