import { expect, test } from 'vitest'
import { businessChanges, effectOf } from './business-changes.ts'

const table = (name: string, rowsThen: number, rowsNow: number, changed = rowsThen !== rowsNow) => ({
  name,
  rowsThen,
  rowsNow,
  changed,
})

test('orders come before customers, and what nobody knows by name is only counted', () => {
  const changes = businessChanges([
    table('identity.sessions', 1, 3),
    table('commerce.customers', 9, 9),
    table('outbox.events', 1, 2),
    table('commerce.products', 4, 4, true),
    table('commerce.orders', 120, 134),
  ])
  expect(changes.changed.map(({ name }) => name)).toEqual(['commerce.orders', 'commerce.products'])
  expect(changes.same.map(({ name }) => name)).toEqual(['commerce.customers'])
  expect(changes.internal).toBe(2)
})

test('what was made since goes, what was deleted since comes back, what was edited is as it was', () => {
  expect([table('a', 120, 134), table('a', 5, 2), table('a', 4, 4, true)].map(effectOf)).toEqual([
    { kind: 'gone', count: 14 },
    { kind: 'back', count: 3 },
    { kind: 'edited', count: 0 },
  ])
})
