import { expect, test } from 'vitest'
import type { Check } from '../api/platform.ts'
import { checkTone, diagnosisText, worstFirst } from './checks.ts'

const check = (name: string, ok: boolean, severity: Check['severity'] = 'warning'): Check => ({
  name,
  ok,
  severity,
  detail: `about ${name}`,
  whatToDo: ok ? null : `mend ${name}`,
})

const checks = [
  check('database', true, 'critical'),
  check('disk', false),
  check('edge', false, 'critical'),
  check('mail', true, 'info'),
]

test('the gravest trouble comes first and what is well comes last', () => {
  expect(worstFirst(checks).map(({ name }) => name)).toEqual(['edge', 'disk', 'database', 'mail'])
})

test('a check that is well is green whatever its severity would have been', () => {
  expect(checks.map(checkTone)).toEqual(['ok', 'warn', 'bad', 'ok'])
})

test('as text each trouble is followed by what to do', () => {
  expect(diagnosisText(worstFirst(checks), '2026-11-28T01:00:00.000Z')).toBe(
    [
      'Platen diagnosis, 2026-11-28T01:00:00.000Z',
      'critical  edge: about edge',
      '    mend edge',
      'warning  disk: about disk',
      '    mend disk',
      'ok  database: about database',
      'ok  mail: about mail',
    ].join('\n'),
  )
})
