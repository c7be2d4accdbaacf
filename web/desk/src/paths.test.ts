import { expect, test } from 'vitest'
import { paths, safeNext } from './paths.ts'

test('the addresses of a desk', () => {
  const made = Object.fromEntries(Object.entries(paths).map(([name, build]) => [name, build('ID')]))
  expect(made).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "customer": "/customers/ID",
      "customers": "/customers",
      "home": "/",
      "login": "/login",
      "newCustomer": "/customers/new",
      "newOrder": "/orders/new",
      "newProduct": "/products/new",
      "open": "/open",
      "order": "/orders/ID",
      "orders": "/orders",
      "product": "/products/ID",
      "products": "/products",
    }
  `)
})

test.each([
  ['/orders/1', '/orders/1'],
  ['//evil.example', '/'],
  ['/open#ticket=x', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, target) => expect(safeNext(next)).toBe(target))
