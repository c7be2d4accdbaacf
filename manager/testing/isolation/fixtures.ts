// What the API document does not say about an operation of the manager: a right body, and why an answer is not 2xx.
import { newId } from '@platen/kit/ids'
import type { OperationFixture, Tenant } from '@platen/kit/testing'

const aFreshAddress = (): string => `${newId()}@example.org`
const aPassword = 'a long enough passphrase'
const backups = '/api/v1/backups/{id}'

const noSuchSecret: readonly [number, string] = [401, 'the secret is invented']
const notThere: readonly [number, string] = [404, 'there is none of this id']
const samePage = { 'sec-fetch-site': 'same-origin' }
const withSecret = (body: object): OperationFixture => ({
  body: () => ({ token: 'invented', ...body }),
  answers: noSuchSecret,
})
const notEnrolled: readonly [number, string] = [409, 'no second factor is being set up']
const bothFactors = () => ({ password: 'wrong', code: '123456' })
const aBackupPolicy = () => ({ everyHours: 24, atHour: 3, timeZone: 'Europe/Paris', keepDays: 30 })
const sameForAll = 'the same for every tenant'
const idOf = (tenant: Tenant, resource: string): string => tenant.things[resource] ?? newId()

const account: Record<string, OperationFixture> = {
  'POST /api/v1/setup': {
    body: () => ({ code: 'wrong', email: 'a@example.org', password: aPassword, name: 'A' }),
    answers: [401, 'the code is invented'],
  },
  'POST /api/v1/auth/login': {
    body: () => ({ email: 'nobody@example.org', password: 'wrong' }),
    answers: [401, 'nobody has this address'],
  },
  'POST /api/v1/auth/refresh': { headers: samePage, answers: [401, 'there is no cookie'] },
  'POST /api/v1/auth/logout': { headers: samePage },
  'PUT /api/v1/auth/password': {
    body: () => ({ currentPassword: 'wrong', newPassword: aPassword }),
  },
  'POST /api/v1/auth/password-resets': { body: () => ({ email: aFreshAddress() }) },
  'POST /api/v1/auth/password-resets/redemption': withSecret({ newPassword: aPassword }),
  'POST /api/v1/auth/address-verifications/redemption': withSecret({}),
  'POST /api/v1/auth/register': {
    body: () => ({ tenantName: 'A', name: 'A', email: 'a@example.org', password: aPassword }),
    answers: [403, 'registering is closed'],
  },
  'POST /api/v1/auth/register/redemption': {
    body: () => ({ token: 'invented' }),
    answers: [403, 'registering is closed'],
  },
  'POST /api/v1/auth/invitations/inspection': withSecret({}),
  'POST /api/v1/auth/invitations/acceptance': withSecret({ password: aPassword }),
  'PUT /api/v1/auth/tenant': {
    body: () => ({ tenantId: newId() }),
    answers: [404, 'nobody is in this organisation'],
    attempts: { tenantId: ({ id }) => ({ tenantId: id }) },
  },
  'GET /api/v1/auth/second-factor': { blank: 'of the account' },
  'POST /api/v1/auth/second-factor': { body: () => ({ password: 'wrong' }), answers: [422, 'the password is wrong'] },
  'PUT /api/v1/auth/second-factor': { body: () => ({ code: '123456' }), answers: notEnrolled },
  'DELETE /api/v1/auth/second-factor': { body: bothFactors, answers: notEnrolled },
  'POST /api/v1/auth/second-factor/recovery-codes': { body: bothFactors, answers: notEnrolled },
  'POST /api/v1/auth/api-tokens': { body: () => ({ name: newId(), scopes: ['sites.read'] }) },
  'PATCH /api/v1/users/me': { body: () => ({ name: `N ${newId()}` }) },
}

const people: Record<string, OperationFixture> = {
  'PATCH /api/v1/tenants/me': { body: () => ({ settings: { timeZone: 'Europe/Berlin' } }) },
  'PATCH /api/v1/users/{id}': {
    body: () => ({ roles: ['member'] }),
    attempts: { roles: (theirs) => ({ roles: [idOf(theirs, '/api/v1/roles/{id}')] }) },
  },
  'POST /api/v1/invitations': {
    body: () => ({ email: aFreshAddress(), roles: ['reader'] }),
    attempts: { roles: (theirs) => ({ email: aFreshAddress(), roles: [idOf(theirs, '/api/v1/roles/{id}')] }) },
  },
  'POST /api/v1/roles': { body: () => ({ name: newId(), permissions: ['sites.read'] }) },
  'PATCH /api/v1/roles/{id}': { body: () => ({ description: 'x' }) },
  'GET /api/v1/permissions': { blank: sameForAll },
  'GET /api/v1/event-types': { blank: sameForAll },
  'POST /api/v1/webhooks': { body: () => ({ url: 'https://hooks.example.org/' }) },
  'GET /api/v1/webhooks/{id}/deliveries': { blank: 'nothing was attempted yet' },
  'PATCH /api/v1/webhooks/{id}': { body: () => ({ description: newId() }) },
  'POST /api/v1/reports': { body: () => ({ type: 'people' }), needs: ['users.read', 403] },
  'POST /api/v1/audit-verifications': { blank: 'a verdict' },
}

const sitesAndBackups: Record<string, OperationFixture> = {
  'GET /api/v1/plans': { blank: sameForAll },
  'POST /api/v1/sites': { body: () => ({ name: `n${newId()}`, adminEmail: 'boss@example.org' }) },
  'PUT /api/v1/sites/{id}/suspension': { body: () => ({}) },
  'DELETE /api/v1/sites/{id}/suspension': { resource: 'a suspended site' },
  'GET /api/v1/sites/{id}/logs': { blank: 'the runner of this test printed nothing' },
  'GET /api/v1/sites/{id}/backups': { blank: 'the new site has none yet' },
  'POST /api/v1/sites/{id}/backups': { resource: 'a suspended site' },
  'GET /api/v1/sites/{id}/backup-schedule': { blank: 'hours' },
  'PUT /api/v1/sites/{id}/backup-schedule': { body: aBackupPolicy },
  'GET /api/v1/backups/{id}/comparison': {
    answers: [500, 'the backup is on paper only: there is no manifest to read'],
  },
  'POST /api/v1/backups/{id}/restorations': { body: () => ({ name: `n${newId()}` }) },
  'POST /api/v1/sites/{id}/restorations': {
    body: () => ({ backupId: newId() }),
    answers: [404, 'nobody has this backup'],
    attempts: { backupId: (theirs) => ({ backupId: idOf(theirs, backups) }) },
  },
  'DELETE /api/v1/sites/{id}/archival': {
    resource: 'an archived site',
    answers: [404, 'there is no backup to revive it from'],
  },
  'GET /api/v1/operations/{id}/events': { resource: 'an ended operation' },
  'POST /api/v1/operations/{id}/retries': { answers: [409, 'the operation is at work'] },
  'POST /api/v1/operations/{id}/reversals': { answers: [409, 'the operation is at work'] },
}

const operators: Record<string, OperationFixture> = {
  'POST /api/v1/tenants': { body: () => ({ name: `Organisation ${newId()}` }) },
  'PATCH /api/v1/tenants/{id}': { body: () => ({ maxSites: 1 }) },
  'PUT /api/v1/tenants/{id}/suspension': { body: () => ({}) },
  'PUT /api/v1/plans/{id}/backup-schedule': { body: aBackupPolicy, answers: notThere },
  'PUT /api/v1/alerts/{id}/acknowledgement': { answers: notThere },
  'POST /api/v1/alert-webhooks': { body: () => ({ url: `https://hooks.example.org/${newId()}` }) },
  'DELETE /api/v1/alert-webhooks/{id}': { answers: notThere },
  'POST /api/v1/alert-webhooks/{id}/tests': { answers: notThere },
  'GET /api/v1/mails/{id}': { answers: notThere },
  'GET /api/v1/logs/{program}/lines': { answers: [404, 'no such program runs'] },
  'POST /api/v1/reconciliation/runs': { body: () => ({ dryRun: true }) },
}

export const fixtures: Record<string, OperationFixture> = { ...account, ...people, ...sitesAndBackups, ...operators }
