import { appendAudit } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { rows, sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testApi, type Answer, type TestApi } from '../../testing/api.ts'
import { aSite, type TestPerson } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'

let platform: TestPlatform
let api: TestApi
let owner: TestPerson
let operator: TestPerson

beforeAll(async () => {
  platform = await testPlatform()
  api = await testApi(platform)
  owner = await api.person({ role: 'owner' })
  operator = await api.person({ role: 'owner', operator: true })
})
afterAll(async () => {
  await api.close()
  await platform.close()
})

const read = (path: string, as: TestPerson = owner): Promise<Answer> => api.call({ method: 'GET', path, as })

async function written(person: TestPerson, ...entries: { resourceId: string; label?: string; changes?: object }[]) {
  for (const { resourceId, label = person.email, changes } of entries) {
    const { tenantId } = person
    await withScope(platform.workerDb, { tenantId }, (tx) =>
      appendAudit(tx, {
        tenantId,
        actor: { id: null, label, ip: '203.0.113.9', userAgent: 'vitest' },
        action: 'thing.changed',
        resource: 'thing',
        resourceId,
        ...(changes === undefined ? {} : { changes }),
      }),
    )
  }
}
const idsIn = ({ body }: Answer): string[] =>
  body.items.map((item) => (item as unknown as { resourceId: string }).resourceId)

describe('the list', () => {
  test('is newest first, page by page, and each entry is there once', async () => {
    const person = await api.person({ role: 'owner' })
    const names = Array.from({ length: 5 }, () => newId())
    await written(person, ...names.map((resourceId) => ({ resourceId })))
    const seen: string[] = []
    let query = 'filter[resource]=thing&limit=2'
    for (let cursor: string | null = ''; cursor !== null; query = `filter[resource]=thing&limit=2&cursor=${cursor}`) {
      const page = await read(`/audit-entries?${query}`, person)
      seen.push(...idsIn(page))
      cursor = page.body.nextCursor
    }
    expect(seen).toEqual(names.toReversed())
  })

  test.each([
    ['filter[action]=thing.changed&filter[resourceId]=one', ['one']],
    ['filter[actor][like]=BRUNO', ['two']],
    ['search=secret%20santa', ['two']],
    ['search=100%25', ['one']],
    ['filter[at][gte]=2000-01-01&filter[resource]=thing', ['two', 'one']],
    ['filter[at][lt]=2000-01-01', []],
  ])('finds what is wanted: %s', async (query, expected) => {
    const person = await api.person({ role: 'owner' })
    await written(
      person,
      { resourceId: 'one', changes: { rate: '100%' } },
      { resourceId: 'two', label: 'bruno@example.fr', changes: { note: 'Secret Santa' } },
    )
    expect(idsIn(await read(`/audit-entries?${query}`, person))).toEqual(expected)
  })

  test('shows a tenant its own, an operator all', async () => {
    const resourceId = newId()
    await written(owner, { resourceId })
    const path = `/audit-entries?filter[resourceId]=${resourceId}`
    const [other, mine, all] = [
      await read(path, await api.person({ role: 'owner' })),
      await read(path),
      await read(path, operator),
    ]
    expect([idsIn(other), idsIn(mine), idsIn(all)]).toEqual([[], [resourceId], [resourceId]])
    expect(mine.body.items[0]).toMatchObject({ actor: { id: null }, ip: '203.0.113.9', userAgent: 'vitest' })
    const { id = '' } = mine.body.items[0] ?? {}
    expect((await read(`/audit-entries/${id}`)).body.id).toBe(id)
    expect(await read(`/audit-entries/${newId()}`)).toMatchObject({
      status: 404,
      body: { code: 'audit-entry-not-found' },
    })
  })

  test('refuses filters that it does not know', async () => {
    expect(await read('/audit-entries?filter[password]=x')).toMatchObject({
      status: 400,
      body: { code: 'list-query-invalid' },
    })
  })
})

describe('an export', () => {
  test('as CSV quotes what RFC 4180 wants and defuses formulas', async () => {
    const person = await api.person({ role: 'owner' })
    const formula = '=HYPERLINK("https://evil.example","x")'
    await written(person, { resourceId: formula, label: 'a;=1+1' }, { resourceId: '\t@SUM(A1)' }, { resourceId: '-2' })
    const { text, headers } = await read('/audit-exports?filter[resource]=thing', person)
    expect(headers['content-type']).toContain('text/csv')
    expect(headers['content-disposition']).toBe('attachment; filename="audit.csv"')
    const lines = text.split('\r\n')
    expect(lines[0]).toMatch(/^at,action,resource,resourceId,/)
    expect(lines).toHaveLength(5)
    expect(lines[3]).toContain(`,thing,"'=HYPERLINK(""https://evil.example"",""x"")","a;'=1+1",`)
    expect(lines[2]).toContain(`,'\t'@SUM(A1),`)
    expect(lines[1]).toContain(`,'-2,`)
  })

  test('as lines of JSON is exact, longer than a page, and an entry itself', async () => {
    const person = await api.person({ role: 'owner' })
    await sql`INSERT INTO identity.audit_entries (id, tenant_id, actor_label, action, resource, resource_id)
      SELECT gen_random_uuid(), ${person.tenantId}, '=x', 'thing.changed', 'thing', n::text FROM generate_series(1, 2300) n`.execute(
      platform.database.db,
    )
    const { text } = await read('/audit-exports?format=json&filter[resource]=thing', person)
    const items = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { resourceId: string; actor: { label: string } })
    expect(new Set(items.map(({ resourceId }) => resourceId)).size).toBe(2300)
    expect(items[0]?.actor.label).toBe('=x')
    const audited = await read('/audit-entries?filter[action]=audit.exported', person)
    expect(audited.body.items).toMatchObject([
      {
        actor: { label: person.email },
        changes: { format: 'json', filters: [{ field: 'resource', operator: 'eq', values: ['thing'] }] },
      },
    ])
  })
})

test('what somebody may not do is audited, once a minute for each permission', async () => {
  const reader = await api.person({ role: 'reader', tenant: owner })
  for (let attempt = 0; attempt < 5; attempt += 1) expect((await read('/audit-entries', reader)).status).toBe(403)
  expect((await read('/audit-exports', reader)).status).toBe(403)
  const { body } = await read(`/audit-entries?filter[action]=access.refused&filter[actor]=${reader.email}`)
  expect(body.items).toMatchObject([
    { resourceId: 'audit.export', changes: { method: 'GET', route: '/api/v1/audit-exports' } },
    { resourceId: 'audit.read', changes: { method: 'GET', route: '/api/v1/audit-entries' } },
  ])
})

test('no audit entry, no change: what cannot be audited is rolled back', async () => {
  const person = await api.person({ role: 'owner' })
  const { siteId } = await aSite(platform, person)
  const { db } = platform.database
  await sql`ALTER TABLE identity.audit_entries ADD CONSTRAINT full_disk CHECK (action NOT LIKE 'site.%') NOT VALID`.execute(
    db,
  )
  try {
    const answer = await api.call({ method: 'PUT', path: `/sites/${siteId}/suspension`, as: person })
    expect(answer.status).toBe(500)
    expect(await rows(db, sql`SELECT FROM operations.operations WHERE subject_id = ${siteId}`)).toEqual([])
  } finally {
    await sql`ALTER TABLE identity.audit_entries DROP CONSTRAINT full_disk`.execute(db)
  }
  expect((await api.call({ method: 'PUT', path: `/sites/${siteId}/suspension`, as: person })).status).toBe(202)
})

test('a tenant proves its own trail, an operator every chain', async () => {
  const verify = (as: TestPerson) => api.call({ method: 'POST', path: '/audit-verifications', as })
  expect(await verify(owner)).toMatchObject({ status: 200, body: { ok: true, firstBad: null } })
  expect(await verify(operator)).toMatchObject({ status: 200, body: { ok: true, firstBad: null } })
})
