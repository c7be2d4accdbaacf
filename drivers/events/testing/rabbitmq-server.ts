import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import amqp, { type ConsumeMessage } from 'amqplib'
import { eventually } from '@platen/kit/testing'
import { EXCHANGE } from '../names.ts'
import { freePort, isInstalled, startBroker, type Broker, type BrokerProgram } from './broker-process.ts'

export const rabbitProgram: BrokerProgram = {
  name: 'rabbitmq-server',
  // Not the one in /usr/sbin, which becomes the system's user and its directories.
  file: '/usr/lib/rabbitmq/bin/rabbitmq-server',
  package: 'rabbitmq-server',
}
export const hasRabbit = isInstalled(rabbitProgram)
export const rabbitPassword = 'correct-horse-battery'

/** A node of its own: name, ports, directories, and a port mapper that ends with it. */
export function rabbitServer(): Promise<Broker> {
  return startBroker(async ({ directory, port }) => {
    const configuration = join(directory, 'rabbitmq.conf')
    const plugins = join(directory, 'enabled_plugins')
    await writeFile(plugins, '[].\n')
    await writeFile(
      configuration,
      [
        `listeners.tcp.1 = 127.0.0.1:${port}`,
        'default_user = platen',
        `default_pass = ${rabbitPassword}`,
        'disk_free_limit.absolute = 1MB',
        'log.console = false',
      ].join('\n'),
    )
    return {
      program: rabbitProgram,
      args: [],
      env: {
        PATH: '/usr/lib/rabbitmq/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        HOME: directory,
        LANG: 'C.UTF-8',
        RABBITMQ_NODENAME: `platen-test-${port}@localhost`,
        RABBITMQ_CONF_ENV_FILE: '/dev/null',
        RABBITMQ_CONFIG_FILE: configuration,
        RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
        RABBITMQ_MNESIA_BASE: join(directory, 'mnesia'),
        RABBITMQ_LOG_BASE: join(directory, 'log'),
        RABBITMQ_PID_FILE: join(directory, 'pid'),
        RABBITMQ_DIST_PORT: String(await freePort()),
        ERL_EPMD_PORT: String(await freePort()),
        ERL_EPMD_ADDRESS: '127.0.0.1',
      },
      url: `amqp://platen:${rabbitPassword}@127.0.0.1:${port}`,
      answers: (url) =>
        amqp.connect(url, { timeout: 1_000 }).then(
          (connection) => connection.close().then(() => true),
          () => false,
        ),
    }
  })
}

/** A durable queue with everything that matches, as a consumer makes it before it wants to miss nothing. */
export async function bindQueue(url: string, queue: string, pattern: string): Promise<void> {
  const connection = await amqp.connect(url)
  const channel = await connection.createChannel()
  await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
  await channel.assertQueue(queue, { durable: true })
  await channel.bindQueue(queue, EXCHANGE, pattern)
  await connection.close()
}

/** Takes everything out of the queue, acknowledging it. */
export async function drainQueue(url: string, queue: string): Promise<ConsumeMessage[]> {
  const connection = await amqp.connect(url)
  const channel = await connection.createChannel()
  await channel.prefetch(1_000)
  const { messageCount } = await channel.checkQueue(queue)
  const messages: ConsumeMessage[] = []
  await channel.consume(queue, (message) => {
    if (message === null) return
    messages.push(message)
    channel.ack(message)
  })
  await eventually(() => messages.length >= messageCount, { timeoutMs: 60_000 })
  await connection.close()
  return messages
}
