import { CLOUD_EVENT_TYPE } from '@platen/kit/outbox'
import type { Secret } from '@platen/kit/secrets'
import amqp, { type ChannelModel, type ConfirmChannel } from 'amqplib'
import { DriverError, isDriverError } from '../../errors/index.ts'
import type { CallOptions, CloudEvent, EventTarget, EventTargetDescription } from '../contract.ts'
import { EXCHANGE, routingKeyOf } from '../names.ts'
import { OneAtATime } from '../one-at-a-time.ts'

const connectTimeoutMs = 5_000

interface Line {
  connection: ChannelModel
  channel: ConfirmChannel
}

/**
 * RabbitMQ by AMQP 0-9-1: persistent messages to a durable topic exchange, with publisher confirms. A message for which no queue is
 * bound is confirmed and dropped by the broker: who wants events binds a durable queue first.
 */
export class RabbitMqEventTarget implements EventTarget {
  readonly #url: Secret
  readonly #calls: OneAtATime<Line>

  constructor(url: Secret) {
    this.#url = url
    this.#calls = new OneAtATime<Line>({
      open: () => this.#connect(),
      drop: ({ connection }) => void connection.close().catch(() => undefined),
      toDriverError,
    })
  }

  async publish(events: readonly CloudEvent[], options?: CallOptions): Promise<void> {
    await this.#calls.run(
      `publishing ${events.length} events to RabbitMQ`,
      async ({ channel }) => {
        for (const event of events) send(channel, event)
        await channel.waitForConfirms()
      },
      options,
    )
  }

  describe(): EventTargetDescription {
    return { vendor: 'rabbitmq', target: new URL(this.#url.expose()).host }
  }

  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }> {
    return this.#calls
      .run(
        'looking for the exchange',
        async ({ channel }) => {
          await channel.checkExchange(EXCHANGE)
          return { ok: true, detail: `RabbitMQ at ${this.describe().target} has the exchange ${EXCHANGE}` }
        },
        options,
      )
      .catch((error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }))
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async #connect(): Promise<Line> {
    const connection = await amqp.connect(this.#url.expose(), { timeout: connectTimeoutMs })
    // Both end with an event nobody can answer; the call under way rejects, or the next one does.
    connection.on('error', () => undefined)
    connection.on('close', () => void this.#calls.forget())
    const channel = await connection.createConfirmChannel()
    channel.on('error', () => undefined)
    await channel.assertExchange(EXCHANGE, 'topic', { durable: true })
    return { connection, channel }
  }
}

function send(channel: ConfirmChannel, event: CloudEvent): void {
  channel.publish(EXCHANGE, routingKeyOf(event), Buffer.from(JSON.stringify(event)), {
    persistent: true,
    messageId: event.id,
    type: event.type,
    timestamp: Math.floor(Date.parse(event.time) / 1_000),
    contentType: CLOUD_EVENT_TYPE,
    contentEncoding: 'utf-8',
    appId: 'platen',
  })
}

/** Reply codes of AMQP: 403 access refused, 530 not allowed (an unknown virtual host), 406 the exchange is of another kind. */
function toDriverError(error: unknown): DriverError {
  if (isDriverError(error)) return error
  const text = error instanceof Error ? error.message : String(error)
  if (/\b403\b|ACCESS.REFUSED/i.test(text))
    return new DriverError('unauthorized', 'RabbitMQ does not let us in', { cause: error })
  if (/\b(406|530)\b/.test(text)) return new DriverError('refused', `RabbitMQ refuses: ${text}`, { cause: error })
  return new DriverError('unavailable', `RabbitMQ did not confirm: ${text}`, { cause: error })
}
