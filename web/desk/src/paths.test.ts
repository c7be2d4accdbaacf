import { expect, test } from 'vitest'
import { paths } from './paths.ts'

test('the addresses of a desk', () => {
  const made = Object.fromEntries(Object.entries(paths).map(([name, build]) => [name, build('ID')]))
  expect(made).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "accountSecurity": "/account/security",
      "accountSessions": "/account/sessions",
      "accountTokens": "/account/tokens",
      "audit": "/audit?actor=ID",
      "customer": "/customers/ID",
      "customers": "/customers",
      "deadLetters": "/dead-letters",
      "forgotPassword": "/forgot-password",
      "home": "/",
      "invitation": "/invitation",
      "jobs": "/jobs",
      "login": "/login?next=ID",
      "newCustomer": "/customers/new",
      "newOrder": "/orders/new",
      "newProduct": "/products/new",
      "newRole": "/roles/new",
      "open": "/open",
      "order": "/orders/ID",
      "orders": "/orders",
      "people": "/people",
      "product": "/products/ID",
      "products": "/products",
      "resetPassword": "/reset-password",
      "role": "/roles/ID",
      "roles": "/roles",
      "user": "/people/ID",
      "verifyAddress": "/verify-address",
      "webhook": "/webhooks/ID",
      "webhooks": "/webhooks",
    }
  `)
})
