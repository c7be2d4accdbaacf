import { appendAudit, type Identity } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { one, sql, withScope } from '@platen/kit/sql'
import { canaryOf, type Caller } from '@platen/kit/testing'
import { aFailedJob } from '../builders.ts'
import type { TestPlatform } from '../platform.ts'

/** An entry of the audit trail. */
export async function anEntry({ workerDb }: TestPlatform, { tenantId }: Caller): Promise<string> {
  const resourceId = newId()
  const actor = { id: null, label: canaryOf(tenantId) }
  const { id } = await withScope(workerDb, { tenantId }, async (tx) => {
    await appendAudit(tx, { tenantId, actor, action: 'thing.changed', resource: 'thing', resourceId })
    return one(tx, sql<{ id: string }>`SELECT id FROM identity.audit_entries WHERE resource_id = ${resourceId}`)
  })
  return id
}

/** A job that failed for good, asked for by this person. */
export async function aJobOf(platform: TestPlatform, { tenantId, accountId }: Caller): Promise<string> {
  const id = await aFailedJob(platform, { tenantId })
  await sql`UPDATE jobs.jobs SET last_error = ${canaryOf(tenantId)},
    requested_by = (SELECT u.id FROM identity.users u WHERE u.account_id = ${accountId} AND u.tenant_id = ${tenantId})
    WHERE id = ${id}`.execute(platform.database.db)
  return id
}

/** One more session of this person. */
export async function aSessionOf(
  { workerDb }: TestPlatform,
  identity: Identity,
  { tenantId, accountId }: Caller,
): Promise<string> {
  const userAgent = newId()
  const { id } = await withScope(workerDb, { operator: true }, async (tx) => {
    await identity.openFirstSession(tx, { accountId, tenantId }, { ip: null, userAgent, requestId: null })
    return one(tx, sql<{ id: string }>`SELECT id FROM identity.sessions WHERE user_agent = ${userAgent}`)
  })
  return id
}

/** A webhook, with an event of the same id that was sent there. */
export async function aToldWebhook({ workerDb }: TestPlatform, { tenantId }: Caller): Promise<string> {
  const id = newId()
  await withScope(workerDb, { tenantId }, async (tx) => {
    await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
      VALUES (${id}, ${tenantId}, 'https://hooks.example.org/', ${canaryOf(tenantId)}, '{}', false, 'x', 'x')`.execute(
      tx,
    )
    await sql`INSERT INTO outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload, distributed_at)
      VALUES (${id}, ${tenantId}, 'ThingHappened', 1, 'thing', ${newId()}, 1, '{}', now())`.execute(tx)
    await sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, state)
      SELECT id, ${`webhook:${id}`}, tenant_id, aggregate_id, sequence, 'delivered' FROM outbox.events
      WHERE id = ${id}`.execute(tx)
  })
  return id
}

/** An event that a handler gave up. */
export async function aDeadLetter({ workerDb }: TestPlatform, { tenantId }: Caller): Promise<string> {
  const [id, about] = [newId(), newId()]
  await withScope(workerDb, { operator: true }, async (tx) => {
    await sql`INSERT INTO outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
      VALUES (${id}, ${tenantId}, 'X', 1, 'x', ${about}, 1, '{}')`.execute(tx)
    await sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, position, state, attempts, last_error)
      SELECT id, 'test.given-up', tenant_id, aggregate_id, sequence, position, 'dead', 12, ${canaryOf(tenantId)}
      FROM outbox.events WHERE id = ${id}`.execute(tx)
  })
  return id
}
