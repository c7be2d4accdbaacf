// Asks a route as everybody who must not see a tenant's things, and as those who may. What leaks is told in sentences; the same
// checker is tried on routes that leak on purpose.
import { randomUUID } from 'node:crypto'
import { appendAudit } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { one, rows, sql, withScope } from '@platen/kit/sql'
import type { SiteState } from '../src/sites/site.ts'
import { suspendSite } from '../src/sites/index.ts'
import type { Answer, TestApi } from './api.ts'
import { aFailedJob, aSite, aVerifiedBackup, startOn, type TestPerson } from './builders.ts'
import type { TestPlatform } from './platform.ts'

export const callers = ['anonymous', 'other', 'reader', 'owner'] as const
export type Caller = (typeof callers)[number]

/** What a route answers whom. `other` is the owner of another tenant. */
export interface IsolationRow {
  statuses: Record<Caller, number>
  /** For routes with an id: what the id is of. It belongs to the tenant of reader and owner. */
  subject?:
    | { kind: 'site'; state: SiteState }
    | { kind: 'backup' }
    | { kind: 'operation'; ended?: boolean }
    | { kind: 'tenant' }
    | { kind: 'audit-entry' }
    | { kind: 'user' }
    | { kind: 'role' }
    | { kind: 'invitation' }
    | { kind: 'job' }
    | { kind: 'webhook' }
  body?(): unknown
  headers?: Record<string, string>
  /** True: the tenant's own people see something of it here, so what others see is worth looking at. */
  shows?: boolean
}

export interface IsolationWorld {
  platform: TestPlatform
  api: TestApi
  owner: TestPerson
  reader: TestPerson
  other: TestPerson
}

export interface RouteName {
  method: string
  /** With `{id}`. */
  path: string
}

export async function isolationWorld(platform: TestPlatform, api: TestApi): Promise<IsolationWorld> {
  const owner = await api.person({ role: 'owner', hashed: true })
  const reader = await api.person({ role: 'reader', tenant: owner, hashed: true })
  const other = await api.person({ role: 'owner', hashed: true })
  await aSite(platform, owner)
  await aFailedJob(platform, owner)
  await startOn(platform, owner, suspendSite, (await aSite(platform, owner)).siteId)
  await startOn(platform, other, suspendSite, (await aSite(platform, other)).siteId)
  return { platform, api, owner, reader, other }
}

/** The line to add for each route that the table does not have, and each row that no route has. */
export function tableGaps(routes: readonly RouteName[], table: Readonly<Record<string, IsolationRow>>): string[] {
  const named = new Set(routes.map(nameOf))
  const lines = [...named]
    .filter((name) => table[name] === undefined)
    .map(
      (name) => `add to the table: '${name}': { statuses: { anonymous: 401, other: 404, reader: 200, owner: 200 } },`,
    )
  return [
    ...lines,
    ...Object.keys(table)
      .filter((name) => !named.has(name))
      .map((name) => `no route is ${name}`),
  ]
}

/** HEAD routes come with their GET and answer alike. */
export const nameOf = ({ method, path }: RouteName): string => `${method === 'HEAD' ? 'GET' : method} ${path}`

/** What is wrong with a route; empty when it keeps tenants apart. */
export async function leaksOf(world: IsolationWorld, route: RouteName, row: IsolationRow): Promise<string[]> {
  const name = `${route.method} ${route.path}`
  const leaks: string[] = []
  for (const caller of callers) {
    const id = await subjectOf(world, row)
    const before = await recordOf(world)
    const answer = await ask(world, route, row, { caller, id })
    const isOutside = caller === 'anonymous' || caller === 'other'
    if (answer.status !== row.statuses[caller])
      leaks.push(`${name}: ${caller} gets ${answer.status} instead of ${row.statuses[caller]} (${textOf(answer, id)})`)
    if (caller === 'other' && row.subject !== undefined) {
      const absent = newId()
      const nothing = await ask(world, route, row, { caller, id: absent })
      if (textOf(nothing, absent) !== textOf(answer, id) || nothing.status !== answer.status)
        leaks.push(`${name}: ${caller} can tell a thing of the tenant from nothing`)
    }
    const seen = await marksIn(world, textOf(answer, id))
    if (isOutside && seen.length > 0) leaks.push(`${name}: ${caller} sees ${seen.join(', ')}`)
    if (!isOutside && row.shows === true && route.method !== 'HEAD' && seen.length === 0)
      leaks.push(`${name}: ${caller} sees nothing of the own tenant, so this row proves nothing`)
    if (isOutside && (await recordOf(world)) !== before)
      leaks.push(`${name}: ${caller} changed something of the tenant`)
  }
  return leaks
}

async function subjectOf({ platform, api, owner }: IsolationWorld, { subject }: IsolationRow): Promise<string> {
  if (subject === undefined) return ''
  if (subject.kind === 'tenant') return owner.tenantId
  if (subject.kind === 'site') return (await aSite(platform, owner, subject.state)).siteId
  if (subject.kind === 'backup') return aVerifiedBackup(platform, owner)
  if (subject.kind === 'audit-entry') return anEntry(platform, owner)
  if (subject.kind === 'user') return userIdOf(api, await api.person({ role: 'reader', tenant: owner }))
  if (subject.kind === 'role') return made(api, owner, '/roles', { name: newId(), permissions: ['sites.read'] })
  if (subject.kind === 'invitation')
    return made(api, owner, '/invitations', { email: `${newId()}@example.org`, roles: ['reader'] })
  if (subject.kind === 'job') return aFailedJob(platform, owner)
  if (subject.kind === 'webhook') return aToldWebhook(platform, owner)
  const id = await startOn(platform, owner, suspendSite, (await aSite(platform, owner)).siteId)
  if (subject.ended === true)
    await sql`UPDATE operations.operations SET state = 'succeeded', ended_at = now() WHERE id = ${id}`.execute(
      platform.database.db,
    )
  return id
}

/** With an event of the same id that was sent there. */
async function aToldWebhook({ workerDb }: TestPlatform, { tenantId, email }: TestPerson): Promise<string> {
  const id = newId()
  await withScope(workerDb, { tenantId }, async (tx) => {
    await sql`INSERT INTO outbox.webhooks (id, tenant_id, url, description, types, enabled, sealed_secret, created_by)
      VALUES (${id}, ${tenantId}, 'https://hooks.example.org/', '', '{}', false, 'x', ${email})`.execute(tx)
    await sql`INSERT INTO outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload, distributed_at)
      VALUES (${id}, ${tenantId}, 'ThingHappened', 1, 'thing', ${newId()}, 1, '{}', now())`.execute(tx)
    await sql`INSERT INTO outbox.deliveries (event_id, handler, tenant_id, aggregate_id, sequence, state)
      SELECT id, ${`webhook:${id}`}, tenant_id, aggregate_id, sequence, 'delivered' FROM outbox.events WHERE id = ${id}`.execute(
      tx,
    )
  })
  return id
}

/** Of the audit trail. */
async function anEntry({ workerDb }: TestPlatform, { tenantId, email }: TestPerson): Promise<string> {
  const resourceId = newId()
  const { id } = await withScope(workerDb, { tenantId }, async (tx) => {
    await appendAudit(tx, {
      tenantId,
      actor: { id: null, label: email },
      action: 'thing.changed',
      resource: 'thing',
      resourceId,
    })
    return one(tx, sql<{ id: string }>`SELECT id FROM identity.audit_entries WHERE resource_id = ${resourceId}`)
  })
  return id
}

/** The id of what somebody made through the API. */
async function made(api: TestApi, as: TestPerson, path: string, body: object): Promise<string> {
  const answer = await api.call({ method: 'POST', path, body, as })
  if (answer.status !== 201) throw new Error(`${path}: ${answer.text}`)
  return answer.body.id
}

const userIdOf = async (api: TestApi, as: TestPerson): Promise<string> =>
  (await api.call({ method: 'GET', path: '/users/me', as })).body.id

function ask(
  { api, ...people }: IsolationWorld,
  { method, path }: RouteName,
  row: IsolationRow,
  { caller, id }: { caller: Caller; id: string },
): Promise<Answer> {
  return api.call({
    method,
    path: path
      .replace('{id}', id)
      .replace('{eventId}', id)
      .replace('{code}', 'not-found')
      .replace('{program}', 'bench-main-1'),
    isWhole: true,
    headers: row.headers ?? {},
    ...(row.body === undefined ? {} : { body: row.body() }),
    ...(caller === 'anonymous' ? {} : { as: people[caller] }),
  })
}

/** Content without what differs each time: the request's own id and the id that was asked for. */
function textOf({ text, headers }: Answer, id: string): string {
  const whole = `${text} ${JSON.stringify(headers['location'])}`.replaceAll(/"instance":"[^"]*"/g, '"instance":""')
  return id === '' ? whole : whole.replaceAll(id, '<id>')
}

/** Which things of the tenant a text names. */
async function marksIn({ platform, owner, reader }: IsolationWorld, text: string): Promise<string[]> {
  const marks = await rows(
    platform.database.db,
    sql<{
      mark: string
    }>`SELECT unnest(ARRAY[id::text, name, database_name, admin_email]) AS mark FROM manager.sites WHERE tenant_id = ${owner.tenantId}
      UNION SELECT host FROM manager.hosts WHERE tenant_id = ${owner.tenantId}
      UNION SELECT id::text FROM operations.operations WHERE tenant_id = ${owner.tenantId}
      UNION SELECT id::text FROM jobs.jobs WHERE tenant_id = ${owner.tenantId}
      UNION SELECT unnest(ARRAY[id::text, account_id::text, email]) FROM identity.users WHERE tenant_id = ${owner.tenantId}
      UNION SELECT id::text FROM outbox.webhooks WHERE tenant_id = ${owner.tenantId}
      UNION SELECT id::text FROM identity.roles WHERE tenant_id = ${owner.tenantId}
      UNION SELECT unnest(ARRAY[id::text, email]) FROM identity.invitations WHERE tenant_id = ${owner.tenantId}`,
  )
  return [owner.tenantId, owner.email, reader.email, ...marks.map(({ mark }) => mark)].filter((mark) =>
    text.includes(mark),
  )
}

/** Everything that is recorded of the tenant, as one text. */
async function recordOf({ platform, owner }: IsolationWorld): Promise<string> {
  const { tenantId } = owner
  const found = await rows(
    platform.database.db,
    sql<{ record: string }>`SELECT to_jsonb(s)::text AS record FROM manager.sites s WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(t)::text FROM manager.tenants t WHERE id = ${tenantId}
      UNION ALL SELECT to_jsonb(o)::text FROM operations.operations o WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(j)::text FROM jobs.jobs j WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(b)::text FROM manager.backups b WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(w)::text FROM outbox.webhooks w WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(d)::text FROM outbox.deliveries d WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(u)::text FROM identity.users u WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(r)::text FROM identity.user_roles r WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(r)::text FROM identity.roles r WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(i)::text FROM identity.invitations i WHERE tenant_id = ${tenantId}
      UNION ALL SELECT to_jsonb(a)::text FROM identity.accounts a WHERE id IN (${owner.accountId}::uuid)
      UNION ALL SELECT to_jsonb(e)::text FROM identity.audit_entries e WHERE tenant_id = ${tenantId} ORDER BY 1`,
  )
  return found.map(({ record }) => record).join('\n')
}

/** A name that no other site has. */
export const aFreshName = (): string => `n${randomUUID()}`
