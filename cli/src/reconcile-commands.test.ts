import { expect, test } from 'vitest'
import type { Difference } from '../../openapi/manager.ts'
import { planLines } from './reconcile-commands.ts'

const difference: Difference = {
  tenantId: null,
  firstSeenAt: '2026-11-20T12:00:00Z',
  kind: 'roles-wrong',
  subject: { kind: 'site', id: '1', label: 'acme' },
  detail: 'The role x is missing.',
  remedy: 'repair-roles',
  outcome: 'failed',
  message: 'no answer',
}
const run = (differences: Difference[], error: string | null = null) =>
  planLines({
    dryRun: true,
    plans: [{ scope: 'sites', ranAt: '2026-11-20T12:00:00Z', durationMs: 1, error, differences }],
  })

test('a plan is a table with a line for each difference', () => {
  const [header, line, ...rest] = run([difference])
  expect(header).toMatch(/SCOPE +WHAT +WHERE +REMEDY +OUTCOME +DETAIL/)
  expect(line).toContain('acme')
  expect(line).toContain('The role x is missing. (no answer)')
  expect(rest).toEqual([])
  expect(run([{ ...difference, remedy: null }])[1]).toMatch(/acme +- /)
})

test('nothing to do is said in a sentence, but not when something could not be compared', () => {
  expect(run([])).toEqual(['Everything is as it should be.'])
  expect(run([], 'no answer')).toEqual([])
})
