import { expect, test } from 'vitest'
import { paths } from './paths.ts'

test('the addresses of the console', () => {
  const made = Object.fromEntries(Object.entries(paths).map(([name, build]) => [name, build('ID')]))
  expect(made).toMatchInlineSnapshot(`
    {
      "account": "/account",
      "accountSecurity": "/account/security",
      "accountSessions": "/account/sessions",
      "accountTokens": "/account/tokens",
      "alerts": "/alerts",
      "audit": "/audit?actor=ID",
      "certificate": "/certificate",
      "deadLetters": "/dead-letters",
      "diagnosis": "/diagnosis",
      "forgotPassword": "/forgot-password",
      "home": "/",
      "inbox": "/inbox",
      "invitation": "/invitation",
      "jobs": "/jobs",
      "login": "/login?next=ID",
      "logs": "/logs",
      "mail": "/inbox/ID",
      "newRole": "/roles/new",
      "newSite": "/sites/new",
      "operation": "/operations/ID",
      "operations": "/operations",
      "organisation": "/organisation",
      "organisations": "/organisations",
      "people": "/people",
      "register": "/register",
      "resetPassword": "/reset-password",
      "role": "/roles/ID",
      "roles": "/roles",
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
      "user": "/people/ID",
      "verifyAddress": "/verify-address",
      "webhook": "/webhooks/ID",
      "webhooks": "/webhooks",
    }
  `)
})
