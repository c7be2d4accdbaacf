import { expect, test } from 'vitest'
import { paths, safeNext } from './paths.ts'

test('the addresses of the console', () => {
  const made = Object.fromEntries(Object.entries(paths).map(([name, build]) => [name, build('ID')]))
  expect(made).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "alerts": "/alerts",
      "certificate": "/certificate",
      "diagnosis": "/diagnosis",
      "home": "/",
      "inbox": "/inbox",
      "login": "/login?next=ID",
      "logs": "/logs",
      "mail": "/inbox/ID",
      "newSite": "/sites/new",
      "operation": "/operations/ID",
      "operations": "/operations",
      "servers": "/servers",
      "settings": "/settings",
      "setup": "/setup",
      "site": "/sites/ID",
      "siteActivity": "/sites/ID/activity",
      "siteBackups": "/sites/ID/backups",
      "siteLogs": "/sites/ID/logs",
      "siteRestore": "/sites/ID/restore",
      "siteSettings": "/sites/ID/settings",
      "sites": "/sites",
    }
  `)
})

test.each([
  ['/sites/1', '/sites/1'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example', '/'],
  ['/login?next=/', '/'],
  [undefined, '/'],
])('after signing in, %s leads to %s', (next, target) => expect(safeNext(next)).toBe(target))
