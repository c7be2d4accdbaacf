import { expect, test } from 'vitest'
import { safeNext } from './paths.ts'

test.each([
  ['/sites/1', '/sites/1'],
  ['/orders?state=draft', '/orders?state=draft'],
  ['/openings', '/openings'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/login?next=/', '/'],
  ['/open', '/'],
  ['/reset-password', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, target) => expect(safeNext(next)).toBe(target))
