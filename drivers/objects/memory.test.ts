import { expect, test, vi } from 'vitest'
import { Secret } from '@platen/kit/secrets'
import { DriverError } from '../errors/index.ts'
import { objectStoreConformance } from './conformance.ts'
import { MemoryObjects } from './memory.ts'

objectStoreConformance(async (options) => new MemoryObjects(options))

test('a fault before has no effect, a fault after has', async () => {
  const store = new MemoryObjects()
  const fault = new DriverError('unavailable', 'planted')
  store.failNext('put', fault)
  await expect(store.put('a', Buffer.from('1'), { contentType: 'x', maxBytes: 9 })).rejects.toBe(fault)
  expect(await store.list('')).toEqual([])
  store.failNext('put', fault, 'after')
  await expect(store.put('a', Buffer.from('1'), { contentType: 'x', maxBytes: 9 })).rejects.toBe(fault)
  expect(await store.list('')).toHaveLength(1)
})

test('a signed URL ends with its expiry', () => {
  vi.useFakeTimers({ now: 1_000_000 })
  try {
    const store = new MemoryObjects({ urlSecret: new Secret('x'.repeat(32)) })
    const url = store.signedUrl({ key: 'a', method: 'GET', expiresInSeconds: 60, baseUrl: '/o' })
    vi.setSystemTime(1_059_000)
    expect(store.verifySigned({ method: 'GET', url, baseUrl: '/o' })).toEqual({ key: 'a' })
    vi.setSystemTime(1_060_000)
    expect(() => store.verifySigned({ method: 'GET', url, baseUrl: '/o' })).toThrow('not valid')
  } finally {
    vi.useRealTimers()
  }
})
