import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTargetConformance, someEvents } from '../conformance.ts'
import type { CloudEvent } from '../contract.ts'
import type { Broker } from '../testing/broker-process.ts'
import { bindQueue, drainQueue, hasRabbit, rabbitServer } from '../testing/rabbitmq-server.ts'
import { RabbitMqEventTarget } from './driver.ts'

describe.skipIf(!hasRabbit)('rabbitmq (apt-get install rabbitmq-server)', () => {
  let server: Broker
  beforeAll(async () => {
    server = await rabbitServer()
  }, 120_000)
  afterAll(() => server.close())

  const eventsIn = async (queue: string, url = server.url): Promise<CloudEvent[]> =>
    // Written by the driver under test.
    (await drainQueue(url, queue)).map(({ content }) => JSON.parse(content.toString()) as CloudEvent)

  eventTargetConformance('rabbitmq', async (place) => {
    await bindQueue(server.url, place, `${place}.#`)
    const target = new RabbitMqEventTarget(new Secret(server.url))
    return { target, arrived: (queue) => eventsIn(queue), close: () => target.close() }
  })

  test('a message is persistent, named by its event, and routed by place, aggregate and type', async () => {
    const [siteId, queue] = [newId(), newId()]
    await bindQueue(server.url, queue, '*.order.OrderSubmitted')
    const target = new RabbitMqEventTarget(new Secret(server.url))
    const [event] = someEvents(1, { siteId })
    await target.publish(event === undefined ? [] : [event])
    const [message] = await drainQueue(server.url, queue)
    expect(message?.fields).toMatchObject({ exchange: 'platen.events', routingKey: `${siteId}.order.OrderSubmitted` })
    expect(message?.properties).toMatchObject({
      deliveryMode: 2,
      messageId: event?.id,
      type: 'OrderSubmitted',
      contentType: 'application/cloudevents+json',
      appId: 'platen',
      timestamp: 1_795_858_200,
    })
    await target.close()
  })

  test('a killed server is unavailable; started again it has what was confirmed, and the same target goes on', async () => {
    const queue = newId()
    await bindQueue(server.url, queue, `${queue}.#`)
    const target = new RabbitMqEventTarget(new Secret(server.url))
    const events = someEvents(6, { siteId: queue })
    await target.publish(events.slice(0, 3))
    await server.kill()
    await expect(target.publish(events.slice(3))).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await target.check()).toMatchObject({ ok: false })
    await server.start()
    await target.publish(events.slice(3))
    expect(await eventsIn(queue)).toEqual(events)
    await target.close()
  }, 180_000)

  test('a wrong password is unauthorized', async () => {
    const stranger = new RabbitMqEventTarget(new Secret(server.url.replace('battery', 'staple')))
    await expect(stranger.publish(someEvents(1))).rejects.toMatchObject({ kind: 'unauthorized', retryable: false })
    await stranger.close()
  })
})
