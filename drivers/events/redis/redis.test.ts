import { newId } from '@platen/kit/ids'
import { Secret } from '@platen/kit/secrets'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventTargetConformance, someEvents } from '../conformance.ts'
import { streamOf } from '../names.ts'
import type { Broker } from '../testing/broker-process.ts'
import { hasRedis, readStream, redisServer, withRedis } from '../testing/redis-server.ts'
import { RedisEventTarget } from './driver.ts'

describe.skipIf(!hasRedis)('redis (apt-get install redis-server)', () => {
  let server: Broker
  beforeAll(async () => {
    server = await redisServer()
  })
  afterAll(() => server.close())

  const aTarget = (url = server.url, maxLength?: number) =>
    new RedisEventTarget({ url: new Secret(url), ...(maxLength === undefined ? {} : { maxLength }) })

  eventTargetConformance('redis', async () => {
    const target = aTarget()
    return { target, arrived: (place) => readStream(server.url, place), close: () => target.close() }
  })

  test('an entry carries what a consumer chooses by, beside the event', async () => {
    const [siteId, target] = [newId(), aTarget()]
    const [event] = someEvents(1, { siteId })
    await target.publish(event === undefined ? [] : [event])
    const entries = await withRedis(server.url, (client) => client.xRange(streamOf(siteId), '-', '+'))
    expect({ ...entries?.[0]?.message }).toMatchObject({ id: event?.id, type: 'OrderSubmitted', aggregate: 'order' })
    await target.close()
  })

  test('a stream keeps about as many entries as it may', async () => {
    const [siteId, target] = [newId(), aTarget(server.url, 500)]
    for (let batch = 0; batch < 10; batch += 1) await target.publish(someEvents(500, { siteId }))
    expect((await readStream(server.url, siteId)).length).toBeLessThan(1_500)
    await target.close()
  })

  test('a killed server is unavailable; started again it has what was confirmed, and the same target goes on', async () => {
    const own = await redisServer()
    const [siteId, target] = [newId(), aTarget(own.url)]
    const events = someEvents(6, { siteId })
    await target.publish(events.slice(0, 3))
    await own.kill()
    await expect(target.publish(events.slice(3))).rejects.toMatchObject({ kind: 'unavailable' })
    expect(await target.check()).toMatchObject({ ok: false })
    await own.start()
    await target.publish(events.slice(3))
    expect(await readStream(own.url, siteId)).toEqual(events)
    await target.close()
    await own.close()
  })

  test('a server that keeps nothing on disk is told as one that loses what it confirmed', async () => {
    const own = await redisServer({ appendOnly: false })
    const target = aTarget(own.url)
    expect(await target.check()).toMatchObject({ ok: false, detail: expect.stringContaining('appendonly') })
    await target.close()
    await own.close()
  })

  test('a wrong password is unauthorized, a stream that is something else is refused', async () => {
    const stranger = aTarget(server.url.replace('battery', 'staple'))
    await expect(stranger.publish(someEvents(1))).rejects.toMatchObject({ kind: 'unauthorized', retryable: false })
    await stranger.close()
    const [siteId, target] = [newId(), aTarget()]
    await withRedis(server.url, (client) => client.set(streamOf(siteId), 'not a stream'))
    await expect(target.publish(someEvents(1, { siteId }))).rejects.toMatchObject({ kind: 'refused' })
    await target.close()
  })
})
