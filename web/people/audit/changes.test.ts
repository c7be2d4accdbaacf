import { expect, test } from 'vitest'
import { changedValues } from './changes.ts'
import { momentOf } from './use-audit-filters.ts'

test('a change shows what each value was and became', () => {
  expect(
    changedValues({ roles: { before: ['reader'], after: ['member', 'admin'] }, name: { before: null, after: 'Ada' } }),
  ).toEqual([
    { name: 'roles', before: 'reader', after: 'member, admin' },
    { name: 'name', before: null, after: 'Ada' },
  ])
})

test('a value without a past counts as what it became', () => {
  expect(changedValues({ format: 'csv', filters: { actor: 'ada' }, count: 3 })).toEqual([
    { name: 'format', before: null, after: 'csv' },
    { name: 'filters', before: null, after: '{"actor":"ada"}' },
    { name: 'count', before: null, after: '3' },
  ])
})

test.each([null, 'text', [1, 2]])('%s is no list of values', (changes) => expect(changedValues(changes)).toBe(null))

test('a day ends where the next one begins', () => {
  expect(new Date(momentOf('2026-11-28', 1)).getTime() - new Date(momentOf('2026-11-28', 0)).getTime()).toBe(86_400_000)
  expect(momentOf('tomorrow', 0)).toBe('')
})
