import { newId } from '@platen/kit/ids'
import { one, rows, sql, withScope, type Db } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendAudit } from '../audit.ts'
import { testAnchors } from '../testing/anchors.ts'
import { openTestIdentity, places, type TestIdentity } from '../testing/identity.ts'
import { lastAnchor, writeAnchor } from './anchors.ts'
import { createAuditTrail } from './audit-trail.ts'
import { ensureAuditPartitions } from './partitions.ts'

let home: TestIdentity
let worker: Db
beforeAll(async () => {
  home = await openTestIdentity('plane')
  worker = home.database.connect('platen_worker', { max: 10 })
})
afterAll(() => home.database.drop())

const actor = { id: null, label: 'anne@example.fr' }
const entry = { actor, action: 'thing.changed', resource: 'thing' }
const append = (tenantId: string) => withScope(home.db, { tenantId }, (tx) => appendAudit(tx, { tenantId, ...entry }))
const numbersOf = async (tenantId: string): Promise<number[]> =>
  (
    await rows(
      home.database.db,
      sql<{ number: bigint }>`SELECT number FROM identity.audit_seals WHERE tenant_id = ${tenantId} ORDER BY number`,
    )
  ).map(({ number }) => Number(number))

describe('sealing', () => {
  test('what commits after a later entry was sealed is sealed next', async () => {
    const tenantId = newId()
    const trail = createAuditTrail({ db: worker, place: testAnchors().place })
    await withScope(home.db, { tenantId }, async (tx) => {
      await appendAudit(tx, { tenantId, ...entry })
      await append(tenantId)
      await trail.tend()
      expect(await numbersOf(tenantId)).toEqual([1])
    })
    await trail.tend()
    expect(await numbersOf(tenantId)).toEqual([1, 2])
    expect(await trail.verify({ tenantId })).toMatchObject({ ok: true, checked: 2, unsealed: 0 })
  })

  test('by several processes at once makes one chain without a gap', async () => {
    const tenantId = newId()
    const { place } = testAnchors()
    const processes = Array.from({ length: 4 }, () => createAuditTrail({ db: worker, place }))
    for (let round = 0; round < 5; round += 1) {
      const writing = Array.from({ length: 10 }, () => append(tenantId))
      await Promise.all([...writing, ...processes.map((trail) => trail.tend())])
    }
    await processes[0]?.tend()
    expect(await numbersOf(tenantId)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1))
    expect(await processes[0]?.verify({ tenantId })).toMatchObject({ ok: true, checked: 50 })
  })

  test('of what belongs to no tenant has a chain of its own', async () => {
    await withScope(home.db, {}, (tx) => appendAudit(tx, { tenantId: null, ...entry }))
    const { place, files } = testAnchors()
    const trail = createAuditTrail({ db: worker, place })
    await trail.anchorNow()
    expect([...files.keys()].some((key) => key.startsWith('platform/'))).toBe(true)
    expect(await trail.verify({ operator: true })).toMatchObject({ ok: true, unsealed: 0 })
  })

  test('is refused to who serves requests in the control plane, and seals are never changed', async () => {
    const insert = sql`INSERT INTO identity.audit_seals (number, entry_id, entry_at, previous_hash, hash) VALUES (9, ${newId()}, now(), '', '')`
    await expect(withScope(home.db, { operator: true }, (tx) => insert.execute(tx))).rejects.toThrow(
      'permission denied',
    )
    for (const statement of [sql`UPDATE identity.audit_seals SET hash = ''`, sql`TRUNCATE identity.audit_seals`])
      await expect(statement.execute(home.database.db)).rejects.toThrow('never changed')
  })

  test('10,000 entries are verified in pages', { timeout: 60_000 }, async () => {
    const tenantId = newId()
    await sql`INSERT INTO identity.audit_entries (id, tenant_id, actor_label, action, resource, changes)
      SELECT gen_random_uuid(), ${tenantId}, 'Zoé', 'x.y', 'x', jsonb_build_object('n', n) FROM generate_series(1, 10000) n`.execute(
      home.database.db,
    )
    const trail = createAuditTrail({ db: worker, place: testAnchors().place })
    expect(await trail.tend()).toBe(10_000)
    expect(await trail.verify({ tenantId })).toMatchObject({ ok: true, checked: 10_000, unsealed: 0 })
  })
})

describe('anchors', () => {
  test('are written at once on demand, otherwise not again within ten minutes', async () => {
    const tenantId = newId()
    const { place, files } = testAnchors()
    const trail = createAuditTrail({ db: worker, place })
    const own = () => [...files.keys()].filter((key) => key.startsWith(tenantId))
    await append(tenantId)
    await trail.tend()
    expect(own()).toHaveLength(1)
    await append(tenantId)
    await trail.tend()
    await createAuditTrail({ db: worker, place }).tend()
    expect(own()).toHaveLength(1)
    await trail.anchorNow()
    expect(await lastAnchor(place, tenantId)).toMatchObject({ number: 2 })
  })

  test('of one database prove nothing about another', async () => {
    const tenantId = newId()
    const { place } = testAnchors()
    await append(tenantId)
    const trail = createAuditTrail({ db: worker, place })
    await trail.anchorNow()
    const other = createAuditTrail({ db: worker, place: { ...place, database: 'another' } })
    expect((await other.verify({ tenantId })).firstBad?.why).toBe('anchor-forged')
  })

  test('the last 48 are kept, and the first of each day', async () => {
    const { place, files } = testAnchors()
    for (let hour = 0; hour < 72; hour += 1) {
      const at = new Date(Date.UTC(2026, 10, 1, hour)).toISOString()
      await writeAnchor(place, { chain: 'platform', number: hour + 1, hash: '00', at })
    }
    const days = [...files.keys()].toSorted().map((key) => key.slice(9, 17))
    expect(days.filter((day) => day === '20261101')).toHaveLength(1)
    expect(days).toHaveLength(49)
  })
})

describe('partitions', () => {
  test('are made for this month and three more, once, guarded like the whole', async () => {
    const owner = home.database.connect(places.plane.owner)
    const now = new Date('2031-11-15T00:00:00Z')
    const made = await ensureAuditPartitions(owner, now)
    expect(made).toEqual(['2031_11', '2031_12', '2032_01', '2032_02'].map((month) => `audit_entries_${month}`))
    expect(await ensureAuditPartitions(owner, now)).toEqual([])
    const tenantId = newId()
    await sql`INSERT INTO identity.audit_entries (id, at, tenant_id, actor_label, action, resource)
      VALUES (${newId()}, '2031-12-24', ${tenantId}, 'x', 'x.y', 'x')`.execute(home.database.db)
    const month = sql.id('identity', 'audit_entries_2031_12')
    const { count } = await one(home.database.db, sql<{ count: bigint }>`SELECT count(*) AS count FROM ${month}`)
    expect(count).toBe(1n)
    for (const statement of [sql`TRUNCATE ${month}`, sql`DELETE FROM ${month}`, sql`UPDATE ${month} SET action = 'z'`])
      await expect(statement.execute(home.database.db)).rejects.toThrow('never changed')
    await expect(sql`SELECT FROM ${month}`.execute(home.db)).rejects.toThrow('permission denied')
    expect(await rows(owner, sql`SELECT FROM ${month}`)).toEqual([])
  })

  test('a month that began in the default partition stays there', async () => {
    const owner = home.database.connect(places.plane.owner)
    await sql`INSERT INTO identity.audit_entries (id, at, actor_label, action, resource) VALUES (${newId()}, '2041-05-02', 'x', 'x.y', 'x')`.execute(
      home.database.db,
    )
    const made = await ensureAuditPartitions(owner, new Date('2041-05-03T00:00:00Z'))
    expect(made).toEqual(['2041_06', '2041_07', '2041_08'].map((month) => `audit_entries_${month}`))
  })
})
