import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { fine, runChecks, type Check } from './check.ts'
import { clockSkewMs, isOlder } from './database-checks.ts'

const aCheck = (name: string, look: Check['look']): Check => ({
  name,
  severity: 'critical',
  whatToDo: 'Mend it.',
  look,
})

test('checks are answered in their order; one that throws and one that is silent spoil no other', async () => {
  const findings = await runChecks(
    [
      aCheck('silent', () => new Promise(() => undefined)),
      aCheck('throwing', () => Promise.reject(new Error('no such table'))),
      aCheck('obedient', (signal) => pause(60_000, fine('Too late.'), { signal })),
      aCheck('fine', async () => fine('All is well.')),
    ],
    50,
  )
  const failed = { ok: false, severity: 'critical', whatToDo: 'Mend it.' }
  expect(findings).toEqual([
    { name: 'silent', ...failed, detail: 'No answer within 0.05 seconds.' },
    { name: 'throwing', ...failed, detail: 'no such table' },
    { name: 'obedient', ...failed, detail: 'No answer within 0.05 seconds.' },
    { name: 'fine', ok: true, severity: 'info', detail: 'All is well.', whatToDo: null },
  ])
})

test('a check may take longer than the others where it says so', async () => {
  const slow: Check = { ...aCheck('slow', () => pause(60, fine('In time.'))), timeoutMs: 10_000 }
  expect(await runChecks([slow], 5)).toMatchObject([{ ok: true }])
})

test.each([
  ['18.0', true],
  ['18.4', true],
  ['18.7', false],
  ['18.10', false],
  ['17.9', true],
  ['19beta1', false],
])('%s is older than 18.7: %s', (version, older) => {
  expect(isOlder(version, [18, 7])).toBe(older)
})

test('the time that the question took is no difference of clocks', () => {
  expect(clockSkewMs({ beforeMs: 1_000, afterMs: 5_000, databaseMs: 3_000 })).toBe(0)
  expect(clockSkewMs({ beforeMs: 1_000, afterMs: 1_100, databaseMs: 4_100 })).toBe(3_000)
  expect(clockSkewMs({ beforeMs: 5_000, afterMs: 5_100, databaseMs: 2_000 })).toBe(3_000)
})
