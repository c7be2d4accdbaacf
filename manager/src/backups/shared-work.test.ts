import { expect, test } from 'vitest'
import { sharedWork } from './shared-work.ts'

test('what many ask for at once is done once, each key for itself, and anew for who asks later', async () => {
  const done: string[] = []
  const share = sharedWork<number>()
  const gate = Promise.withResolvers<void>()
  const count = (key: string) =>
    share(key, async () => {
      const number = done.push(key)
      await gate.promise
      return number
    })
  const asked = [count('a'), count('a'), count('b'), count('a')]
  gate.resolve()
  expect(await Promise.all(asked)).toEqual([1, 1, 2, 1])
  expect(await count('a')).toBe(3)
  expect(done).toEqual(['a', 'b', 'a'])
})

test('what fails is told to everybody who waits, and is tried again by who asks later', async () => {
  const share = sharedWork<string>()
  const fail = () => Promise.reject(new Error('no'))
  const asked = [share('a', fail), share('a', () => Promise.resolve('yes'))]
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await share('a', () => Promise.resolve('yes'))).toBe('yes')
})
