// What the API document does not say about an operation of a site: a right body, and why an answer is not 2xx.
import { newId } from '@platen/kit/ids'
import type { OperationFixture, Tenant } from '@platen/kit/testing'
import { aPicture, price } from './resources.ts'

const aFreshAddress = (): string => `${newId()}@example.fr`
const aPassword = 'un autre mot de passe assez long'
const noSuchSecret: readonly [number, string] = [401, 'the secret is invented']
const samePage = { 'sec-fetch-site': 'same-origin' }
const withSecret = (body: object): OperationFixture => ({
  body: () => ({ token: 'invented', ...body }),
  answers: noSuchSecret,
})
const notEnrolled: readonly [number, string] = [409, 'no second factor is being set up']
const bothFactors = () => ({ password: 'wrong', code: '123456' })
const sameForAll = 'the same in every site'

const customerOf = (tenant: Tenant): string => tenant.things['/api/v1/customers/{id}'] ?? newId()
const productOf = (tenant: Tenant): string => tenant.things['/api/v1/products/{id}'] ?? newId()
const roleOf = (tenant: Tenant): string => tenant.things['/api/v1/roles/{id}'] ?? newId()
const linesOf = (tenant: Tenant) => ({ lines: [{ productId: productOf(tenant), quantity: '1' }] })
const order: OperationFixture = {
  body: (own) => ({ customerId: customerOf(own), ...linesOf(own) }),
  attempts: {
    customerId: (theirs, own) => ({ customerId: customerOf(theirs), ...linesOf(own) }),
    'lines.productId': (theirs, own) => ({ customerId: customerOf(own), ...linesOf(theirs) }),
  },
}

const account: Record<string, OperationFixture> = {
  'POST /api/v1/auth/login': {
    body: () => ({ email: 'nobody@example.fr', password: 'wrong' }),
    answers: [401, 'nobody has this address'],
  },
  'POST /api/v1/auth/refresh': { headers: samePage, answers: [401, 'there is no cookie'] },
  'POST /api/v1/auth/logout': { headers: samePage },
  'POST /api/v1/auth/tickets': { body: () => ({ ticket: 'invented' }), answers: noSuchSecret },
  'PUT /api/v1/auth/password': { body: () => ({ currentPassword: 'wrong', newPassword: aPassword }) },
  'POST /api/v1/auth/password-resets': { body: () => ({ email: aFreshAddress() }) },
  'POST /api/v1/auth/password-resets/redemption': withSecret({ newPassword: aPassword }),
  'POST /api/v1/auth/address-verifications/redemption': withSecret({}),
  'POST /api/v1/auth/invitations/inspection': withSecret({}),
  'POST /api/v1/auth/invitations/acceptance': withSecret({ password: aPassword }),
  'GET /api/v1/auth/second-factor': { blank: 'of the account' },
  'POST /api/v1/auth/second-factor': { body: () => ({ password: 'wrong' }), answers: [422, 'the password is wrong'] },
  'PUT /api/v1/auth/second-factor': { body: () => ({ code: '123456' }), answers: notEnrolled },
  'DELETE /api/v1/auth/second-factor': { body: bothFactors, answers: notEnrolled },
  'POST /api/v1/auth/second-factor/recovery-codes': { body: bothFactors, answers: notEnrolled },
  'POST /api/v1/auth/api-tokens': { body: () => ({ name: newId(), scopes: ['products.read'] }) },
}

const people: Record<string, OperationFixture> = {
  'PATCH /api/v1/users/me': { body: () => ({ name: `N ${newId()}` }) },
  'PATCH /api/v1/users/{id}': {
    body: () => ({ roles: ['commercial'] }),
    attempts: { roles: (theirs) => ({ roles: [roleOf(theirs)] }) },
  },
  'POST /api/v1/invitations': {
    body: () => ({ email: aFreshAddress(), roles: ['lecture'] }),
    attempts: { roles: (theirs) => ({ email: aFreshAddress(), roles: [roleOf(theirs)] }) },
  },
  'POST /api/v1/roles': { body: () => ({ name: newId(), permissions: ['products.read'] }) },
  'PATCH /api/v1/roles/{id}': { body: () => ({ description: 'Volé' }) },
  'GET /api/v1/permissions': { blank: sameForAll },
  'GET /api/v1/event-types': { blank: sameForAll },
  'POST /api/v1/webhooks': { body: () => ({ url: 'http://127.0.0.1:1/', enabled: false }) },
  'GET /api/v1/webhooks/{id}/deliveries': { blank: 'nothing was attempted yet' },
  'PATCH /api/v1/webhooks/{id}': { body: () => ({ description: newId() }) },
  'POST /api/v1/reports': { body: () => ({ type: 'people' }), needs: ['users.read', 403] },
}

const commerce: Record<string, OperationFixture> = {
  'POST /api/v1/products': { body: () => ({ sku: newId(), name: 'Lampe', unitPrice: price }) },
  'PATCH /api/v1/products/{id}': { body: () => ({ name: 'Volé' }) },
  'PUT /api/v1/products/{id}/picture': { body: () => aPicture.body, headers: aPicture.headers, alone: true },
  'POST /api/v1/products/{id}/stock-movements': { body: () => ({ kind: 'receipt', quantity: '1' }) },
  'POST /api/v1/customers': { body: () => ({ kind: 'company', name: 'Café' }) },
  'PATCH /api/v1/customers/{id}': { body: () => ({ name: 'Volé' }) },
  'POST /api/v1/orders': order,
  'PUT /api/v1/orders/{id}': order,
  'PUT /api/v1/orders/{id}/cancellation': { body: () => ({}) },
  'POST /api/v1/order-totals': { body: linesOf, attempts: { 'lines.productId': linesOf } },
}

export const fixtures: Record<string, OperationFixture> = { ...account, ...people, ...commerce }
