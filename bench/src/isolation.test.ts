// Nobody reaches another site, and nobody does what their role does not allow: every route of a site stands in both tables below.
// A route that is missing fails with the line to add.
import { commercePermissions } from '@platen/commerce'
import { sendReportMail } from '@platen/identity'
import { listRoutes } from '@platen/kit/http'
import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import { rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aDeadLetter } from '../testing/dead-letter.ts'
import { openTestBench, type TestBench } from '../testing/bench.ts'
import { openTestSite, type TestSite } from '../testing/site.ts'
import { siteRoles } from './sites/index.ts'

let bench: TestBench
let home: TestSite
let foreign: TestSite
const tokens: Record<string, string> = {}
const roles = Object.keys(siteRoles)

beforeAll(async () => {
  ;[home, foreign] = await Promise.all([openTestSite('anvil'), openTestSite('bellows')])
  bench = await openTestBench()
  const plan = { title: 'Essai', maxStorageBytes: 1_000_000, maxUsers: 1000 }
  bench.serve(home.entry(bench.sealingKey, { plan }), foreign.entry(bench.sealingKey, { plan }))
  for (const role of roles) tokens[role] = await bench.tokenOf(home, role)
})
afterAll(async () => {
  await bench.close()
  await Promise.all([home.close(), foreign.close()])
})

type Ids = Record<
  | 'product'
  | 'customer'
  | 'order'
  | 'user'
  | 'role'
  | 'invitation'
  | 'job'
  | 'auditEntry'
  | 'deadLetter'
  | 'webhook'
  | 'webhookEvent',
  string
>

interface Attempt {
  path: string
  body?: object | Buffer
  headers?: Record<string, string>
}

const price = { amount: '10.00', currency: 'EUR' }
const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex'), Buffer.alloc(76)])

const inAYear = new Date(Date.now() + 365 * 86_400_000)

/** A failed job, a product in stock with a picture, a customer and an order, made through the API of a site. */
async function things(site: TestSite): Promise<Ids> {
  const token = await bench.tokenOf(site)
  const make = async (path: string, body: object): Promise<string> => {
    const answer = await bench.call(site, 'POST', path, { token, body })
    if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
    return String(answer.body['id'])
  }
  const product = await make('/products', { sku: `SKU-${newId()}`, name: 'Lampe', unitPrice: price })
  await make(`/products/${product}/stock-movements`, { kind: 'receipt', quantity: '5' })
  const headers = { 'content-type': 'image/png' }
  await bench.call(site, 'PUT', `/products/${product}/picture`, { token, body: png, headers })
  const customer = await make('/customers', { kind: 'company', name: 'Café' })
  const order = await make('/orders', { customerId: customer, lines: [{ productId: product, quantity: '1' }] })
  // In the far future: nobody runs it meanwhile.
  const job = await withScope(site.database.db, { tenantId: site.id }, (tx) =>
    enqueueJob(
      tx,
      sendReportMail,
      { reportId: newId(), type: 'people', rows: 0 },
      { tenantId: site.id, runAt: inAYear },
    ),
  )
  await sql`UPDATE jobs.jobs SET state = 'failed', ended_at = now() WHERE id = ${job}`.execute(site.database.db)
  const trail = await bench.call(site, 'GET', '/audit-entries?limit=1', { token })
  const [{ id: auditEntry } = { id: '' }] = trail.body['items'] as { id: string }[] // contract of GET /audit-entries
  const role = await make('/roles', { name: `Rôle ${newId()}`, permissions: ['products.read'] })
  const invitation = await make('/invitations', { email: `${newId()}@example.fr`, roles: ['lecture'] })
  const deadLetter = await aDeadLetter(site.database.db)
  const user = await someoneIn(site, token)
  const made = { deadLetter, product, customer, order, job, auditEntry, role, invitation, user }
  return { ...made, ...(await aWebhook(site, token)) }
}

/** The id of a new user of a site. */
async function someoneIn(site: TestSite, token: string): Promise<string> {
  const email = await site.aPerson('lecture')
  const { body } = await bench.call(site, 'GET', `/users?search=${encodeURIComponent(email)}`, { token })
  const [user] = body['items'] as { id: string }[] // a list of users
  return user?.id ?? ''
}

/** The first of a site stays, others make room; with a test that was sent there and arrived nowhere. */
async function aWebhook(site: TestSite, token: string): Promise<{ webhook: string; webhookEvent: string }> {
  const { db } = site.database
  await sql`DELETE FROM outbox.webhooks WHERE id IN (SELECT id FROM outbox.webhooks ORDER BY id OFFSET 1)`.execute(db)
  const body = { url: 'http://127.0.0.1:1/', enabled: false }
  const made = await bench.call(site, 'POST', '/webhooks', { token, body })
  const { id: webhook } = made.body['webhook'] as { id: string } // contract of POST /webhooks
  const test = await bench.call(site, 'POST', `/webhooks/${webhook}/tests`, { token })
  const webhookEvent = String(test.body['eventId'])
  const isSent = async () =>
    (await rows(db, sql`SELECT FROM outbox.deliveries WHERE event_id = ${webhookEvent} AND state = 'delivered'`))
      .length > 0
  await eventually(isSent)
  return { webhook, webhookEvent }
}

const noIds = (reason: string) => ({ reason })
const at = (path: (ids: Ids) => string, more: Omit<Attempt, 'path'> = {}) => ({
  attempt: (ids: Ids): Attempt => ({ path: path(ids), ...more }),
})

/** How each route is asked for something by its id; every kind of id in path and body. */
const idsOf: Record<string, { reason: string } | { attempt(ids: Ids, own: Ids): Attempt }> = {
  'POST /api/v1/auth/login': noIds('credentials only; see site-of-request.test.ts'),
  'POST /api/v1/auth/refresh': noIds('cookie only; see site-of-request.test.ts'),
  'POST /api/v1/auth/logout': noIds('cookie only'),
  'PUT /api/v1/auth/password': noIds('the account of who asks'),
  'POST /api/v1/auth/tickets': noIds('a secret; see runtime-routes.test.ts'),
  'POST /api/v1/auth/password-resets': noIds('an address only; see identity/attacks'),
  'POST /api/v1/auth/password-resets/redemption': noIds('a secret; see identity/links'),
  'POST /api/v1/auth/address-verifications': noIds('the account of who asks'),
  'POST /api/v1/auth/address-verifications/redemption': noIds('a secret; see identity/links'),
  'POST /api/v1/auth/signing-keys/rotations': noIds('the keys of the site itself'),
  'GET /api/v1/auth/me': noIds('who asks'),
  'POST /api/v1/auth/invitations/inspection': noIds('a secret; see invitations.test.ts of identity'),
  'POST /api/v1/auth/invitations/acceptance': noIds('a secret; see invitations.test.ts of identity'),
  'GET /api/v1/users': noIds('a list; checked below'),
  'GET /api/v1/users/me': noIds('who asks'),
  'PATCH /api/v1/users/me': noIds('who asks'),
  'GET /api/v1/users/{id}': at(({ user }) => `/users/${user}`),
  'PATCH /api/v1/users/{id}': {
    attempt: ({ user, role }) => ({ path: `/users/${user}`, body: { name: 'Volé', roles: [role] } }),
  },
  'PUT /api/v1/users/{id}/deactivation': at(({ user }) => `/users/${user}/deactivation`),
  'DELETE /api/v1/users/{id}/deactivation': at(({ user }) => `/users/${user}/deactivation`),
  'DELETE /api/v1/users/{id}': at(({ user }) => `/users/${user}`),
  'GET /api/v1/invitations': noIds('a list; checked below'),
  'POST /api/v1/invitations': {
    attempt: ({ role }) => ({ path: '/invitations', body: { email: `${newId()}@example.fr`, roles: [role] } }),
  },
  'DELETE /api/v1/invitations/{id}': at(({ invitation }) => `/invitations/${invitation}`),
  'POST /api/v1/invitations/{id}/reminders': at(({ invitation }) => `/invitations/${invitation}/reminders`),
  'GET /api/v1/roles': noIds('a list; checked below'),
  'POST /api/v1/roles': noIds('makes a new one'),
  'GET /api/v1/roles/{id}': at(({ role }) => `/roles/${role}`),
  'PATCH /api/v1/roles/{id}': at(({ role }) => `/roles/${role}`, { body: { description: 'Volé' } }),
  'DELETE /api/v1/roles/{id}': at(({ role }) => `/roles/${role}`),
  'GET /api/v1/permissions': noIds('the same in every site'),
  'GET /api/v1/auth/second-factor': noIds('the account of who asks'),
  'POST /api/v1/auth/second-factor': noIds('the account of who asks'),
  'PUT /api/v1/auth/second-factor': noIds('the account of who asks'),
  'DELETE /api/v1/auth/second-factor': noIds('the account of who asks'),
  'POST /api/v1/auth/second-factor/recovery-codes': noIds('the account of who asks'),
  'GET /api/v1/auth/sessions': noIds('the account of who asks'),
  'DELETE /api/v1/auth/sessions': noIds('the account of who asks'),
  'DELETE /api/v1/auth/sessions/{id}': noIds('of who asks; see identity/sessions'),
  'GET /api/v1/auth/api-tokens': noIds('the account of who asks'),
  'POST /api/v1/auth/api-tokens': noIds('the account of who asks'),
  'DELETE /api/v1/auth/api-tokens/{id}': noIds('of who asks; see identity/api-tokens'),
  'GET /api/v1/status': noIds('the site itself'),
  'GET /api/v1/site': noIds('the site itself'),
  'GET /api/v1/files/*': noIds('signed links; see site-api.test.ts'),
  'GET /api/v1/jobs': noIds('a list; checked below'),
  'GET /api/v1/jobs/{id}': at(({ job }) => `/jobs/${job}`),
  'POST /api/v1/jobs/{id}/retries': at(({ job }) => `/jobs/${job}/retries`),
  'DELETE /api/v1/jobs/{id}': at(({ job }) => `/jobs/${job}`),
  'POST /api/v1/reports': noIds('of the own site'),
  'GET /api/v1/audit-entries': noIds('a list of this database, see site-audit.test.ts'),
  'GET /api/v1/audit-entries/{id}': at(({ auditEntry }) => `/audit-entries/${auditEntry}`),
  'GET /api/v1/audit-exports': noIds('a list as a file'),
  'POST /api/v1/audit-verifications': noIds('the trail of the site'),
  'GET /api/v1/products': noIds('a list; checked below'),
  'GET /api/v1/products/{id}': at(({ product }) => `/products/${product}`),
  'POST /api/v1/products': noIds('makes a new one'),
  'PATCH /api/v1/products/{id}': at(({ product }) => `/products/${product}`, { body: { name: 'Volé' } }),
  'PUT /api/v1/products/{id}/archival': at(({ product }) => `/products/${product}/archival`),
  'DELETE /api/v1/products/{id}/archival': at(({ product }) => `/products/${product}/archival`),
  'PUT /api/v1/products/{id}/picture': at(({ product }) => `/products/${product}/picture`, {
    body: png,
    headers: { 'content-type': 'image/png' },
  }),
  'DELETE /api/v1/products/{id}/picture': at(({ product }) => `/products/${product}/picture`),
  'GET /api/v1/products/{id}/stock': at(({ product }) => `/products/${product}/stock`),
  'POST /api/v1/products/{id}/stock-movements': at(({ product }) => `/products/${product}/stock-movements`, {
    body: { kind: 'receipt', quantity: '1' },
  }),
  'GET /api/v1/customers': noIds('a list; checked below'),
  'GET /api/v1/customers/{id}': at(({ customer }) => `/customers/${customer}`),
  'POST /api/v1/customers': noIds('makes a new one'),
  'PATCH /api/v1/customers/{id}': at(({ customer }) => `/customers/${customer}`, {
    body: { name: 'Volé' },
  }),
  'GET /api/v1/orders': noIds('a list; checked below'),
  'GET /api/v1/orders/{id}': at(({ order }) => `/orders/${order}`),
  'POST /api/v1/orders': {
    attempt: ({ customer, product }) => ({
      path: '/orders',
      body: { customerId: customer, lines: [{ productId: product, quantity: '1' }] },
    }),
  },
  'PUT /api/v1/orders/{id}': {
    attempt: ({ order }, own) => ({
      path: `/orders/${order}`,
      body: { customerId: own.customer, lines: [{ productId: own.product, quantity: '1' }] },
    }),
  },
  'PUT /api/v1/orders/{id}/submission': at(({ order }) => `/orders/${order}/submission`),
  'PUT /api/v1/orders/{id}/cancellation': at(({ order }) => `/orders/${order}/cancellation`, { body: {} }),
  'GET /api/v1/dead-letters': noIds('a list; see dead-letters.test.ts'),
  'POST /api/v1/dead-letters/{eventId}/replays': at(({ deadLetter }) => `/dead-letters/${deadLetter}/replays`),
  'DELETE /api/v1/dead-letters/{eventId}': at(({ deadLetter }) => `/dead-letters/${deadLetter}`),
  'GET /api/v1/event-types': noIds('the same in every site'),
  'GET /api/v1/webhooks': noIds('a list; checked below'),
  'POST /api/v1/webhooks': noIds('makes a new one'),
  'GET /api/v1/webhooks/{id}': at(({ webhook }) => `/webhooks/${webhook}`),
  'PATCH /api/v1/webhooks/{id}': at(({ webhook }) => `/webhooks/${webhook}`, { body: { description: 'Volé' } }),
  'DELETE /api/v1/webhooks/{id}': at(({ webhook }) => `/webhooks/${webhook}`),
  'POST /api/v1/webhooks/{id}/secrets': at(({ webhook }) => `/webhooks/${webhook}/secrets`),
  'POST /api/v1/webhooks/{id}/tests': at(({ webhook }) => `/webhooks/${webhook}/tests`),
  'GET /api/v1/webhooks/{id}/deliveries': at(({ webhook }) => `/webhooks/${webhook}/deliveries`),
  'POST /api/v1/webhooks/{id}/deliveries/{eventId}/replays': at(
    ({ webhook, webhookEvent }) => `/webhooks/${webhook}/deliveries/${webhookEvent}/replays`,
  ),
  'POST /api/v1/order-totals': {
    attempt: ({ product }) => ({ path: '/order-totals', body: { lines: [{ productId: product, quantity: '1' }] } }),
  },
}

const everybody = 'everybody'
const signedIn = roles.join(' ')
/** Who may call each route: the golden table of rights. A change here is a change of what people may do. */
const mayCall: Record<string, string> = {
  'POST /api/v1/auth/login': everybody,
  'POST /api/v1/auth/refresh': everybody,
  'POST /api/v1/auth/logout': everybody,
  'PUT /api/v1/auth/password': signedIn,
  'POST /api/v1/auth/tickets': everybody,
  'POST /api/v1/auth/password-resets': everybody,
  'POST /api/v1/auth/password-resets/redemption': everybody,
  'POST /api/v1/auth/address-verifications': signedIn,
  'POST /api/v1/auth/address-verifications/redemption': everybody,
  'POST /api/v1/auth/signing-keys/rotations': 'gerant',
  'GET /api/v1/auth/me': signedIn,
  'POST /api/v1/auth/invitations/inspection': everybody,
  'POST /api/v1/auth/invitations/acceptance': everybody,
  'GET /api/v1/users': 'gerant',
  'GET /api/v1/users/me': signedIn,
  'PATCH /api/v1/users/me': signedIn,
  'GET /api/v1/users/{id}': 'gerant',
  'PATCH /api/v1/users/{id}': 'gerant',
  'PUT /api/v1/users/{id}/deactivation': 'gerant',
  'DELETE /api/v1/users/{id}/deactivation': 'gerant',
  'DELETE /api/v1/users/{id}': 'gerant',
  'GET /api/v1/invitations': 'gerant',
  'POST /api/v1/invitations': 'gerant',
  'DELETE /api/v1/invitations/{id}': 'gerant',
  'POST /api/v1/invitations/{id}/reminders': 'gerant',
  'GET /api/v1/roles': 'gerant',
  'POST /api/v1/roles': 'gerant',
  'GET /api/v1/roles/{id}': 'gerant',
  'PATCH /api/v1/roles/{id}': 'gerant',
  'DELETE /api/v1/roles/{id}': 'gerant',
  'GET /api/v1/permissions': signedIn,
  'GET /api/v1/auth/second-factor': signedIn,
  'POST /api/v1/auth/second-factor': signedIn,
  'PUT /api/v1/auth/second-factor': signedIn,
  'DELETE /api/v1/auth/second-factor': signedIn,
  'POST /api/v1/auth/second-factor/recovery-codes': signedIn,
  'GET /api/v1/auth/sessions': signedIn,
  'DELETE /api/v1/auth/sessions': signedIn,
  'DELETE /api/v1/auth/sessions/{id}': signedIn,
  'GET /api/v1/auth/api-tokens': signedIn,
  'POST /api/v1/auth/api-tokens': signedIn,
  'DELETE /api/v1/auth/api-tokens/{id}': signedIn,
  'GET /api/v1/status': everybody,
  'GET /api/v1/site': signedIn,
  'GET /api/v1/files/*': everybody,
  'GET /api/v1/jobs': 'gerant',
  // Everybody their own; another one's is not found.
  'GET /api/v1/jobs/{id}': signedIn,
  'POST /api/v1/jobs/{id}/retries': 'gerant',
  'DELETE /api/v1/jobs/{id}': 'gerant',
  // What it takes depends on what is asked for.
  'POST /api/v1/reports': signedIn,
  'GET /api/v1/audit-entries': 'gerant',
  'GET /api/v1/audit-entries/{id}': 'gerant',
  'GET /api/v1/audit-exports': 'gerant',
  'POST /api/v1/audit-verifications': 'gerant',
  'GET /api/v1/products': 'gerant commercial magasinier comptable lecture',
  'GET /api/v1/products/{id}': 'gerant commercial magasinier comptable lecture',
  'POST /api/v1/products': 'gerant',
  'PATCH /api/v1/products/{id}': 'gerant',
  'PUT /api/v1/products/{id}/archival': 'gerant',
  'DELETE /api/v1/products/{id}/archival': 'gerant',
  'PUT /api/v1/products/{id}/picture': 'gerant',
  'DELETE /api/v1/products/{id}/picture': 'gerant',
  'GET /api/v1/products/{id}/stock': 'gerant commercial magasinier comptable lecture',
  'POST /api/v1/products/{id}/stock-movements': 'gerant magasinier',
  'GET /api/v1/customers': 'gerant commercial comptable lecture',
  'GET /api/v1/customers/{id}': 'gerant commercial comptable lecture',
  'POST /api/v1/customers': 'gerant commercial',
  'PATCH /api/v1/customers/{id}': 'gerant commercial',
  'GET /api/v1/orders': 'gerant commercial magasinier comptable lecture',
  'GET /api/v1/orders/{id}': 'gerant commercial magasinier comptable lecture',
  'POST /api/v1/orders': 'gerant commercial',
  'PUT /api/v1/orders/{id}': 'gerant commercial',
  'PUT /api/v1/orders/{id}/submission': 'gerant commercial',
  'PUT /api/v1/orders/{id}/cancellation': 'gerant commercial',
  'GET /api/v1/dead-letters': 'gerant',
  'POST /api/v1/dead-letters/{eventId}/replays': 'gerant',
  'DELETE /api/v1/dead-letters/{eventId}': 'gerant',
  'GET /api/v1/event-types': 'gerant',
  'GET /api/v1/webhooks': 'gerant',
  'POST /api/v1/webhooks': 'gerant',
  'GET /api/v1/webhooks/{id}': 'gerant',
  'PATCH /api/v1/webhooks/{id}': 'gerant',
  'DELETE /api/v1/webhooks/{id}': 'gerant',
  'POST /api/v1/webhooks/{id}/secrets': 'gerant',
  'POST /api/v1/webhooks/{id}/tests': 'gerant',
  'GET /api/v1/webhooks/{id}/deliveries': 'gerant',
  'POST /api/v1/webhooks/{id}/deliveries/{eventId}/replays': 'gerant',
  'POST /api/v1/order-totals': 'gerant commercial',
}

/** Routes of the API; HEAD carries the config of its GET, probes and problem pages say nothing about sites. */
const routesOfSite = () =>
  listRoutes(bench.server)
    .filter(({ method, path }) => method !== 'HEAD' && path.startsWith('/api/v1/'))
    .map(({ method, path }) => `${method} ${path}`)

function split(route: string): { method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string } {
  const [method = '', path = ''] = route.split(' ')
  return { method: method as 'GET', path } // the tables hold these methods only; an unknown one fails as 405
}

/** What must not differ between a foreign and an absent thing: all but the ids that the request itself named. */
const comparable = (answer: { status: number; text: string }, ids: Ids): string =>
  Object.values(ids).reduce(
    (text, id) => text.replaceAll(id, '<id>'),
    `${answer.status} ${answer.text.replace(/"instance":"[^"]*"/, '')}`,
  )

describe('both tables', () => {
  test('hold every route of a site, and no other', () => {
    const routes = routesOfSite()
    const missing = routes.flatMap((route) => [
      ...(route in idsOf ? [] : [`idsOf:   '${route}': at((ids) => ...) or noIds('why'),`]),
      ...(route in mayCall ? [] : [`mayCall: '${route}': 'gerant ...',`]),
    ])
    expect(missing, 'add these lines').toEqual([])
    expect(new Set([...Object.keys(idsOf), ...Object.keys(mayCall)])).toEqual(new Set(routes))
  })

  test('and no route of a site asks for a permission of the platform or goes without a policy', () => {
    for (const { path, config } of listRoutes(bench.server)) {
      expect([path, config.policy?.kind]).toEqual([
        path,
        expect.stringMatching(/^(?:public|authenticated|permission)$/),
      ])
    }
  })
})

describe('the administrator of one site, with ids of another', () => {
  let theirs: Ids
  let own: Ids
  const absent: Ids = {
    product: newId(),
    customer: newId(),
    order: newId(),
    auditEntry: newId(),
    user: newId(),
    role: newId(),
    invitation: newId(),
    job: newId(),
    deadLetter: newId(),
    webhook: newId(),
    webhookEvent: newId(),
  }
  beforeAll(async () => {
    theirs = await things(foreign)
    own = await things(home)
  })

  const attempts = Object.entries(idsOf).flatMap(([route, entry]) =>
    'attempt' in entry ? [[route, entry] as const] : [],
  )
  const send = (route: string, { path, ...options }: Attempt, token = tokens['gerant']) =>
    bench.call(home, split(route).method, path, { ...options, token })

  test.each(attempts)('%s answers as for an id that never existed', async (route, { attempt }) => {
    const [foreignAnswer, absentAnswer] = [
      await send(route, attempt(theirs, own)),
      await send(route, attempt(absent, own)),
    ]
    expect(comparable(foreignAnswer, theirs)).toBe(comparable(absentAnswer, absent))
    expect([404, 422]).toContain(foreignAnswer.status)
    if (route.includes('{id}')) expect(foreignAnswer.status).toBe(404)
  })

  // Otherwise the test above could pass because the request was wrong in itself.
  test.each(attempts)('%s works with ids of the own site', async (route, { attempt }) => {
    const mine = await things(home)
    expect((await send(route, attempt(mine, mine))).status).toBeLessThan(300)
  })

  test.each(['/products', '/customers', '/orders', '/users', '/invitations', '/roles', '/jobs', '/webhooks'])(
    'GET %s lists nothing of the other',
    async (path) => {
      const answer = await bench.call(home, 'GET', `${path}?limit=100`, { token: tokens['gerant'] })
      expect(answer.status).toBe(200)
      for (const id of Object.values(theirs)) expect(answer.text).not.toContain(id)
      expect(Object.values(own).some((id) => answer.text.includes(id))).toBe(true)
    },
  )

  test('has changed nothing there', async () => {
    const token = await bench.tokenOf(foreign)
    const product = await bench.call(foreign, 'GET', `/products/${theirs.product}`, { token })
    expect(product.body).toMatchObject({ name: 'Lampe', archivedAt: null, stock: { onHand: '5' } })
    expect((await bench.call(foreign, 'GET', `/orders/${theirs.order}`, { token })).body).toMatchObject({
      state: 'draft',
    })
  })

  test.each(Object.keys(mayCall).filter((route) => mayCall[route] !== everybody))(
    '%s on the other host is 401 with the token of this one',
    async (route) => {
      const { method, path } = split(route)
      const answer = await bench.call(foreign, method, path.replace('{id}', theirs.product), {
        token: tokens['gerant'],
      })
      expect(answer.status).toBe(401)
    },
  )
})

describe('who may call', () => {
  test.each(Object.entries(mayCall))('%s: %s', async (route, allowed) => {
    const { method, path } = split(route)
    const url = path.replace('{id}', newId()).replace('*', 'none')
    const outcomes = ['anonymous', ...roles].map(async (who) => {
      const { status, body } = await bench.call(home, method, url, { token: tokens[who] })
      const isRefused = body['code'] === 'credentials-missing' || body['code'] === 'forbidden'
      if (isRefused) expect(status).toBe(who === 'anonymous' ? 401 : 403)
      return isRefused ? [] : [who]
    })
    const expected = allowed === everybody ? ['anonymous', ...roles] : allowed.split(' ')
    expect(new Set((await Promise.all(outcomes)).flat())).toEqual(new Set(expected))
  })

  test('roles are made of permissions that an app exports, and the administrator has all', () => {
    const known: readonly string[] = commercePermissions
    const used = Object.values(siteRoles).flat()
    expect(used.filter((permission) => permission !== '*' && !known.includes(permission))).toEqual([])
    expect(siteRoles['gerant']).toEqual(['*'])
  })
})
