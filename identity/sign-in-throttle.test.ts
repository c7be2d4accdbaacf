import { expect, test } from 'vitest'
import { createSignInThrottle } from './sign-in-throttle.ts'

const minuteMs = 60_000

function aThrottle() {
  const clock = { now: 0 }
  const throttle = createSignInThrottle(() => clock.now, new Map())
  const attempts = (count: number, subject: string | ((n: number) => string), ip: string | null = null) => {
    for (let n = 0; n < count; n += 1) throttle.attempt(typeof subject === 'string' ? subject : subject(n), ip)
  }
  return { clock, throttle, attempts }
}

const refusal = { code: 'sign-in-throttled', status: 429, retryable: true }

test('the eleventh failure with an account from one address in 15 minutes is refused, with the time to wait', () => {
  const { clock, throttle, attempts } = aThrottle()
  attempts(10, 'anne')
  clock.now = 5 * minuteMs
  expect(() => throttle.attempt('anne', null)).toThrow(
    expect.objectContaining({ ...refusal, headers: { 'retry-after': '600' } }),
  )
  throttle.attempt('bernard', null)
})

test('the wait ends by itself: nobody can keep an account locked by failing during it', () => {
  const { clock, throttle, attempts } = aThrottle()
  attempts(10, 'anne')
  for (const minute of [1, 7, 14]) {
    clock.now = minute * minuteMs
    expect(() => throttle.attempt('anne', null)).toThrow(expect.objectContaining(refusal))
  }
  clock.now = 15 * minuteMs
  throttle.attempt('anne', null)
})

test('the hundred and first failure of an address is refused, whichever accounts it tries', () => {
  const { throttle, attempts } = aThrottle()
  attempts(100, (n) => `person-${n}`, '192.0.2.1')
  expect(() => throttle.attempt('person-101', '192.0.2.1')).toThrow(expect.objectContaining(refusal))
  throttle.attempt('person-101', '192.0.2.2')
})

test('attempts that are still being checked count: a hundred at once are not a hundred guesses', () => {
  const { throttle } = aThrottle()
  const outcomes = Array.from({ length: 100 }, () => {
    try {
      throttle.attempt('anne', null)
      return 'tried'
    } catch {
      return 'refused'
    }
  })
  expect(outcomes.filter((outcome) => outcome === 'tried')).toHaveLength(10)
})

test('signing in clears the account and costs the address nothing', () => {
  const { throttle, attempts } = aThrottle()
  attempts(9, 'anne', '192.0.2.1')
  for (let day = 0; day < 200; day += 1) {
    throttle.attempt('anne', '192.0.2.1')
    throttle.succeeded('anne', '192.0.2.1')
  }
  attempts(10, 'anne')
})

test('a stranger who fails again and again keeps nobody else out', () => {
  const { throttle, attempts } = aThrottle()
  attempts(10, 'anne', '192.0.2.66')
  expect(() => throttle.attempt('anne', '192.0.2.66')).toThrow(expect.objectContaining(refusal))
  throttle.attempt('anne', '192.0.2.1')
})

test('an account that is guessed at from everywhere still lets in an address that signed in before', () => {
  const { throttle } = aThrottle()
  throttle.attempt('anne', '192.0.2.1')
  throttle.succeeded('anne', '192.0.2.1')
  for (let n = 0; n < 100; n += 1) throttle.attempt('anne', `198.51.100.${n}`)
  expect(() => throttle.attempt('anne', '203.0.113.9')).toThrow(expect.objectContaining(refusal))
  throttle.attempt('anne', '192.0.2.1')
})

test('addresses are counted over all sites of a process', () => {
  const addresses = new Map()
  const one = createSignInThrottle(() => 0, addresses)
  const other = createSignInThrottle(() => 0, addresses)
  for (let n = 0; n < 50; n += 1) {
    one.attempt(`person-${n}`, '192.0.2.1')
    other.attempt(`person-${n}`, '192.0.2.1')
  }
  expect(() => other.attempt('anne', '192.0.2.1')).toThrow(expect.objectContaining(refusal))
})
