import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { createEventTarget, RabbitMqEventTarget, readEventTargetConfig, RedisEventTarget } from './index.ts'

test('absent, events stay in the outbox', () => {
  expect(createEventTarget(readEventTargetConfig({}))).toBeUndefined()
  expect(
    createEventTarget(readEventTargetConfig({ PLATEN_EVENTS: 'none', PLATEN_EVENTS_URL: 'redis://x' })),
  ).toBeUndefined()
})

test.each([
  ['redis', 'rediss://:hunter2pass@redis.example.org', RedisEventTarget, 'redis.example.org'],
  [
    'rabbitmq',
    'amqp://platen:hunter2pass@broker.example.org:5673/vhost',
    RabbitMqEventTarget,
    'broker.example.org:5673',
  ],
])('%s is chosen by setting', (vendor, url, Target, target) => {
  const made = createEventTarget(readEventTargetConfig({ PLATEN_EVENTS: vendor, PLATEN_EVENTS_URL: url }))
  expect(made).toBeInstanceOf(Target)
  expect(made?.describe()).toEqual({ vendor, target })
})

test.each([
  ['redis', 'amqp://platen:hunter2pass@broker.example.org'],
  ['rabbitmq', 'redis://:hunter2pass@redis.example.org'],
  ['redis', 'hunter2pass'],
  ['redis', ''],
])('%s with the URL of something else is named by its setting, and the URL is not repeated: %s', (vendor, url) => {
  let error: unknown
  try {
    readEventTargetConfig({ PLATEN_EVENTS: vendor, PLATEN_EVENTS_URL: url })
  } catch (caught) {
    error = caught
  }
  expect(error).toMatchObject({ name: 'SettingsError', faults: [{ env: 'PLATEN_EVENTS_URL' }] })
  expect(inspect(error)).not.toContain('hunter2pass')
})
