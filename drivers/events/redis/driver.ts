import type { Secret } from '@platen/kit/secrets'
import { createClient, MultiErrorReply } from '@redis/client'
import { DriverError, isDriverError } from '../../errors/index.ts'
import type { CallOptions, CloudEvent, EventTarget, EventTargetDescription } from '../contract.ts'
import { streamOf } from '../names.ts'
import { OneAtATime } from '../one-at-a-time.ts'

const connectTimeoutMs = 5_000
const defaultLength = 1_000_000

const clientOf = (url: Secret) =>
  createClient({
    url: url.expose(),
    disableOfflineQueue: true,
    // A lost connection is found by the next call, which opens another: nothing is sent again behind the caller's back.
    socket: { connectTimeout: connectTimeoutMs, reconnectStrategy: false },
  })
type Client = ReturnType<typeof clientOf>

export interface RedisEventTargetOptions {
  url: Secret
  /** About so many entries are kept per stream, default a million. */
  maxLength?: number
}

/** Redis Streams: a batch is one transaction (MULTI), so that no later event of it can be there without an earlier one. */
export class RedisEventTarget implements EventTarget {
  readonly #url: Secret
  readonly #maxLength: number
  readonly #calls: OneAtATime<Client>

  constructor({ url, maxLength = defaultLength }: RedisEventTargetOptions) {
    this.#url = url
    this.#maxLength = maxLength
    this.#calls = new OneAtATime<Client>({
      open: () => this.#connect(),
      drop: (client) => client.destroy(),
      toDriverError,
    })
  }

  async publish(events: readonly CloudEvent[], options?: CallOptions): Promise<void> {
    if (events.length === 0) return
    await this.#calls.run(
      `publishing ${events.length} events to Redis`,
      async (client) => {
        const batch = client.multi()
        for (const event of events) {
          const { id, type, aggregate, place } = event
          batch.xAdd(
            streamOf(place),
            '*',
            { id, type, aggregate, event: JSON.stringify(event) },
            { TRIM: { strategy: 'MAXLEN', strategyModifier: '~', threshold: this.#maxLength } },
          )
        }
        await batch.exec()
      },
      options,
    )
  }

  describe(): EventTargetDescription {
    return { vendor: 'redis', target: new URL(this.#url.expose()).host }
  }

  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }> {
    const { target } = this.describe()
    return this.#calls
      .run(
        'asking Redis how it stores',
        async (client) => {
          const info = await client.info('persistence')
          return info.includes('aof_enabled:1')
            ? { ok: true, detail: `Redis at ${target} keeps an append-only file` }
            : { ok: false, detail: `Redis at ${target} has appendonly off: what it confirmed is lost when it crashes` }
        },
        options,
      )
      .catch((error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }))
  }

  close(): Promise<void> {
    return this.#calls.close()
  }

  async #connect(): Promise<Client> {
    const client = clientOf(this.#url)
    // The call under way rejects, or the next one does.
    client.on('error', () => undefined)
    client.on('end', () => void this.#calls.forget())
    await client.connect()
    return client
  }
}

function toDriverError(error: unknown): DriverError {
  if (isDriverError(error)) return error
  const text = messageOf(error)
  if (/^(WRONGPASS|NOAUTH|NOPERM)/.test(text))
    return new DriverError('unauthorized', 'Redis does not let us in', { cause: error })
  if (text.startsWith('WRONGTYPE')) return new DriverError('refused', `Redis refuses: ${text}`, { cause: error })
  return new DriverError('unavailable', `Redis did not confirm: ${text}`, { cause: error })
}

/** Of a transaction: what went wrong inside. */
function messageOf(error: unknown): string {
  const [first] = error instanceof MultiErrorReply ? [...error.errors()] : [error]
  return first instanceof Error ? first.message : String(first)
}
