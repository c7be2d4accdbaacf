// What the ids in paths are of, and how to make one of each through the API of a site. A new kind of thing gets its entry here.
import { sendReportMail } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import { one, sql, withScope } from '@platen/kit/sql'
import { canaryOf, type Caller, type Resource } from '@platen/kit/testing'
import type { TestBench } from '../bench.ts'
import { aDeadLetter } from '../dead-letter.ts'
import { aCaller } from './people.ts'
import type { TestSite } from '../site.ts'

export const price = { amount: '10.00', currency: 'EUR' }
export const png = Buffer.concat([
  Buffer.from('89504e470d0a1a0a0000000d494844520000000100000001', 'hex'),
  Buffer.alloc(76),
])
export const aPicture = { body: png, headers: { 'content-type': 'image/png' } }

const inAYear = new Date(Date.now() + 365 * 86_400_000)
const ofTenant = (make: Resource['make']): Resource => ({ of: 'tenant', make })
const ofCaller = (make: Resource['make']): Resource => ({ of: 'caller', make })

export function resourcesOf(bench: TestBench, siteOf: (caller: Caller) => TestSite): Record<string, Resource> {
  return { ...commerce(bench, siteOf), ...people(bench, siteOf) }
}

type Make = (caller: Caller, path: string, body: object) => Promise<string>

/** Through the API, so that rows are as the product makes them. */
const maker =
  (bench: TestBench, siteOf: (caller: Caller) => TestSite): Make =>
  async (caller, path, body) => {
    const answer = await bench.call(siteOf(caller), 'POST', path, { token: caller.token, body })
    if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
    return /"id":"([^"]+)"/.exec(answer.text)?.[1] ?? ''
  }

function commerce(bench: TestBench, siteOf: (caller: Caller) => TestSite): Record<string, Resource> {
  const make = maker(bench, siteOf)
  const product = async (caller: Caller): Promise<string> => {
    const name = canaryOf(caller.tenantId)
    const id = await make(caller, '/products', { sku: newId(), name, unitPrice: price })
    await make(caller, `/products/${id}/stock-movements`, { kind: 'receipt', quantity: '5' })
    await bench.call(siteOf(caller), 'PUT', `/products/${id}/picture`, { token: caller.token, ...aPicture })
    return id
  }
  const customer = (caller: Caller) => make(caller, '/customers', { kind: 'company', name: canaryOf(caller.tenantId) })
  return {
    '/api/v1/products/{id}': ofTenant(product),
    '/api/v1/customers/{id}': ofTenant(customer),
    '/api/v1/orders/{id}': ofTenant(async (caller) =>
      make(caller, '/orders', {
        customerId: await customer(caller),
        lines: [{ productId: await product(caller), quantity: '1' }],
      }),
    ),
  }
}

function people(bench: TestBench, siteOf: (caller: Caller) => TestSite): Record<string, Resource> {
  const make = maker(bench, siteOf)
  const idIn = async (caller: Caller, query: ReturnType<typeof sql<{ id: string }>>): Promise<string> =>
    (await one(siteOf(caller).database.db, query)).id
  return {
    '/api/v1/users/{id}': ofTenant(async (caller) => {
      const { accountId } = await aCaller(bench, siteOf(caller), 'lecture')
      return idIn(caller, sql<{ id: string }>`SELECT id FROM identity.users WHERE account_id = ${accountId}`)
    }),
    '/api/v1/roles/{id}': ofTenant((caller) =>
      make(caller, '/roles', { name: newId(), description: canaryOf(caller.tenantId), permissions: ['products.read'] }),
    ),
    '/api/v1/invitations/{id}': ofTenant((caller) =>
      make(caller, '/invitations', { email: `${newId()}@example.fr`, roles: ['lecture'] }),
    ),
    '/api/v1/auth/sessions/{id}': ofCaller((caller) =>
      idIn(
        caller,
        sql<{ id: string }>`INSERT INTO identity.sessions (id, account_id, tenant_id, method, expires_at)
          VALUES (${newId()}, ${caller.accountId}, ${caller.tenantId}, 'password', now() + interval '1 day') RETURNING id`,
      ),
    ),
    '/api/v1/auth/api-tokens/{id}': ofCaller((caller) => {
      const body = { name: canaryOf(caller.tenantId), scopes: ['products.read'] }
      return make(caller, '/auth/api-tokens', body)
    }),
    '/api/v1/audit-entries/{id}': ofTenant((caller) =>
      idIn(
        caller,
        sql<{ id: string }>`SELECT id FROM identity.audit_entries WHERE tenant_id IS NOT NULL ORDER BY at DESC LIMIT 1`,
      ),
    ),
    '/api/v1/webhooks/{id}': ofTenant((caller) => aToldWebhook(siteOf(caller), caller)),
    '/api/v1/jobs/{id}': ofCaller((caller) => aJobOf(siteOf(caller), caller)),
    '/api/v1/dead-letters/{eventId}': ofTenant(async (caller) => {
      await make(caller, '/customers', { kind: 'company', name: canaryOf(caller.tenantId) })
      return aDeadLetter(siteOf(caller).database.db)
    }),
  }
}

/** A webhook, with an event of the same id that was sent there. */
async function aToldWebhook({ database: { db } }: TestSite, { tenantId }: Caller): Promise<string> {
  const id = newId()
  await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
    VALUES (${id}, ${tenantId}, 'https://hooks.example.org/', ${canaryOf(tenantId)}, '{}', false, 'x', 'x')`.execute(db)
  await sql`INSERT INTO outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload, distributed_at)
    VALUES (${id}, ${tenantId}, 'ThingHappened', 1, 'thing', ${newId()}, 1, '{}', now())`.execute(db)
  await sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, state)
    SELECT id, ${`webhook:${id}`}, tenant_id, aggregate_id, sequence, 'delivered' FROM outbox.events
    WHERE id = ${id}`.execute(db)
  return id
}

/** A job that failed for good, asked for by this person. It is due in the far future: nobody runs it meanwhile. */
async function aJobOf({ database }: TestSite, { tenantId, accountId }: Caller): Promise<string> {
  const input = { reportId: newId(), type: 'people', rows: 0 }
  const id = await withScope(database.db, { tenantId }, (tx) =>
    enqueueJob(tx, sendReportMail, input, { tenantId, runAt: inAYear }),
  )
  await sql`UPDATE jobs.jobs SET state = 'failed', ended_at = now(), last_error = ${canaryOf(tenantId)},
    requested_by = (SELECT u.id FROM identity.users u WHERE u.account_id = ${accountId}) WHERE id = ${id}`.execute(
    database.db,
  )
  return id
}
