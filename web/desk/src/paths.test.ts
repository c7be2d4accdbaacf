import { expect, test } from 'vitest'
import { paths, safeNext } from './paths.ts'

test('the addresses of a desk', () => {
  const made = Object.fromEntries(Object.entries(paths).map(([name, build]) => [name, build('ID')]))
  expect(made).toMatchInlineSnapshot()
})

test.each([
  ['/orders/1', '/orders/1'],
  ['//evil.example', '/'],
  ['/open#ticket=x', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, target) => expect(safeNext(next)).toBe(target))
