import { defineSettings, oneOf, readSettings, SettingsError } from '@platen/kit/config'
import { Secret } from '@platen/kit/secrets'
import { z } from 'zod'
import type { EventTarget } from './contract.ts'
import { RabbitMqEventTarget } from './rabbitmq/driver.ts'
import { RedisEventTarget } from './redis/driver.ts'

const vendors = ['none', 'redis', 'rabbitmq'] as const

export const eventSettings = defineSettings({
  events: {
    env: 'PLATEN_EVENTS',
    schema: oneOf(vendors),
    default: 'none',
    description:
      'Where events of the platform and of every site go besides: none, redis (Streams) or rabbitmq (topic exchange). See docs/develop/events.md.',
  },
  // Not marked as secret for the same reason as PLATEN_SMTP_URL: it is optional, and no message repeats it.
  eventsUrl: {
    env: 'PLATEN_EVENTS_URL',
    schema: z
      .string()
      .transform((url) => new Secret(url))
      .optional(),
    description:
      'Of that Redis or RabbitMQ: redis://user:password@host:6379, rediss:// for TLS; amqp://user:password@host:5672/vhost, amqps:// ' +
      'for TLS. Contains a password: keep it out of files that others read.',
  },
})

const schemes = { redis: ['redis:', 'rediss:'], rabbitmq: ['amqp:', 'amqps:'] } as const

export type EventTargetConfig = { vendor: 'none' } | { vendor: 'redis' | 'rabbitmq'; url: Secret }

/** @throws SettingsError, which never repeats the URL. */
export function readEventTargetConfig(env: NodeJS.ProcessEnv = process.env): EventTargetConfig {
  const { events: vendor, eventsUrl: url } = readSettings(eventSettings, env)
  if (vendor === 'none') return { vendor }
  const allowed: readonly string[] = schemes[vendor]
  if (url !== undefined && URL.canParse(url.expose()) && allowed.includes(new URL(url.expose()).protocol))
    return { vendor, url }
  const problem = `${url === undefined ? 'is missing' : 'is not a URL of that kind'}, and PLATEN_EVENTS is ${vendor}`
  const remedy = `set it to ${allowed.map((scheme) => `${scheme}//...`).join(' or ')}, or set PLATEN_EVENTS=none`
  throw new SettingsError([{ env: 'PLATEN_EVENTS_URL', problem, remedy }])
}

/** Undefined: events stay in the outbox. */
export function createEventTarget(config: EventTargetConfig): EventTarget | undefined {
  if (config.vendor === 'none') return undefined
  return config.vendor === 'redis' ? new RedisEventTarget({ url: config.url }) : new RabbitMqEventTarget(config.url)
}
