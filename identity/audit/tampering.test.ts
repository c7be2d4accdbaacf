// Whatever somebody does to the trail who may do everything in the database, verification names it (attack row 44 of reliability.md).
import fc from 'fast-check'
import { newId } from '@platen/kit/ids'
import { rows, sql, withScope, type Tx } from '@platen/kit/sql'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { appendAudit } from '../audit.ts'
import { testAnchors } from '../testing/anchors.ts'
import { openTestIdentity, type TestIdentity } from '../testing/identity.ts'
import { createAuditTrail, type AuditTrail } from './audit-trail.ts'
import { firstPreviousHash, sealHash, type SealedContent } from './chain.ts'
import { sealedColumns } from './entry-rows.ts'

let home: TestIdentity
const anchors = testAnchors()
let trail: AuditTrail
const actor = { id: null, label: 'anne@example.fr', ip: '203.0.113.9', userAgent: 'vitest' }

beforeAll(async () => {
  home = await openTestIdentity('plane')
  trail = createAuditTrail({ db: home.database.connect('platen_worker'), place: anchors.place })
})
afterAll(() => home.database.drop())

const append = async (tenantId: string, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    const entry = { action: 'thing.changed', resource: 'thing', resourceId: String(index), changes: { index } }
    await withScope(home.db, { tenantId }, (tx) => appendAudit(tx, { tenantId, actor, ...entry }))
  }
}

/** A tenant whose entries are sealed and anchored. */
async function aTrail(count: number): Promise<string> {
  const tenantId = newId()
  await append(tenantId, count)
  await trail.anchorNow()
  return tenantId
}

/** As a superuser who has switched the triggers off. */
const tamper = (work: (tx: Tx) => Promise<unknown>): Promise<unknown> =>
  withScope(home.database.db, { operator: true }, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx)
    return work(tx)
  })

const verify = (tenantId: string) => trail.verify({ tenantId })
const entryAt = (tenantId: string, number: number) =>
  sql`(SELECT entry_id FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number = ${number})`

/** Makes every seal of a tenant fit its entries, numbered from 1: what a patient forger does. */
async function resealAll(tx: Tx, tenantId: string): Promise<void> {
  await sql`DELETE FROM identity.audit_seals WHERE tenant_id = ${tenantId}`.execute(tx)
  const entries = await rows(
    tx,
    sql<SealedContent>`SELECT ${sealedColumns} FROM identity.audit_entries e WHERE tenant_id = ${tenantId} ORDER BY e.at, e.id`,
  )
  let previous: Buffer = firstPreviousHash
  for (const [index, entry] of entries.entries()) {
    const hash = sealHash(previous, entry)
    await sql`INSERT INTO identity.audit_seals (tenant_id, number, entry_id, entry_at, previous_hash, hash)
      VALUES (${tenantId}, ${index + 1}, ${entry.id}, ${entry.at}::timestamptz, ${previous}, ${hash})`.execute(tx)
    previous = hash
  }
}

const insertEntry = (tx: Tx, tenantId: string, id: string) =>
  sql`INSERT INTO identity.audit_entries (id, at, tenant_id, actor_label, action, resource)
    SELECT ${id}, at + interval '1 microsecond', tenant_id, 'nobody', 'thing.invented', 'thing' FROM identity.audit_entries
    WHERE id = ${entryAt(tenantId, 2)}`.execute(tx)

/** What can be done to entry or seal number `n` of `size`, and what it is called then. */
const tamperings = {
  'a changed entry': (tx, tenantId, n) =>
    sql`UPDATE identity.audit_entries SET actor_label = 'nobody' WHERE id = ${entryAt(tenantId, n)}`.execute(tx),
  'a number changed deep in an entry': (tx, tenantId, n) =>
    sql`UPDATE identity.audit_entries SET changes = '{"index": 99.0}' WHERE id = ${entryAt(tenantId, n)}`.execute(tx),
  'a microsecond': (tx, tenantId, n) =>
    sql`UPDATE identity.audit_entries SET at = at + interval '1 microsecond' WHERE id = ${entryAt(tenantId, n)}`.execute(
      tx,
    ),
  'an entry given to another tenant': (tx, tenantId, n) =>
    sql`UPDATE identity.audit_entries SET tenant_id = ${newId()} WHERE id = ${entryAt(tenantId, n)}`.execute(tx),
  'a deleted entry': (tx, tenantId, n) =>
    sql`DELETE FROM identity.audit_entries WHERE id = ${entryAt(tenantId, n)}`.execute(tx),
  'an entry deleted with its seal': async (tx, tenantId, n) => {
    await sql`DELETE FROM identity.audit_entries WHERE id = ${entryAt(tenantId, n)}`.execute(tx)
    await sql`DELETE FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number = ${n}`.execute(tx)
  },
  'an entry deleted and all seals made anew': async (tx, tenantId, n) => {
    await sql`DELETE FROM identity.audit_entries WHERE id = ${entryAt(tenantId, n)}`.execute(tx)
    await resealAll(tx, tenantId)
  },
  'a changed entry and all seals made anew': async (tx, tenantId, n) => {
    await sql`UPDATE identity.audit_entries SET action = 'thing.kept' WHERE id = ${entryAt(tenantId, n)}`.execute(tx)
    await resealAll(tx, tenantId)
  },
  'an inserted entry and all seals made anew': async (tx, tenantId) => {
    await insertEntry(tx, tenantId, newId())
    await resealAll(tx, tenantId)
  },
  'an inserted entry with a forged seal': async (tx, tenantId, _n, size) => {
    const id = newId()
    await insertEntry(tx, tenantId, id)
    await sql`INSERT INTO identity.audit_seals (tenant_id, number, entry_id, entry_at, previous_hash, hash)
      SELECT tenant_id, ${size + 1}, id, at, (SELECT hash FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number = ${size}),
        sha256(id::text::bytea) FROM identity.audit_entries WHERE id = ${id}`.execute(tx)
  },
  'two seals in each other’s place': async (tx, tenantId, n, size) => {
    const other = n === size ? 1 : size
    const renumber = (from: number, to: number) =>
      sql`UPDATE identity.audit_seals SET number = ${to} WHERE tenant_id = ${tenantId} AND number = ${from}`.execute(tx)
    await renumber(n, size + 1)
    await renumber(other, n)
    await renumber(size + 1, other)
  },
  'a changed hash': (tx, tenantId, n) =>
    sql`UPDATE identity.audit_seals SET hash = sha256(hash) WHERE tenant_id = ${tenantId} AND number = ${n}`.execute(
      tx,
    ),
  'a cut tail': async (tx, tenantId, n) => {
    const tail = sql`SELECT entry_id FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number >= ${n}`
    await sql`DELETE FROM identity.audit_entries WHERE id IN (${tail})`.execute(tx)
    await sql`DELETE FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number >= ${n}`.execute(tx)
  },
} satisfies Record<string, (tx: Tx, tenantId: string, n: number, size: number) => Promise<unknown>>
type Tampering = keyof typeof tamperings

describe('a trail that nobody touched', () => {
  test('is found whole, and what is not sealed yet is counted', async () => {
    const tenantId = await aTrail(3)
    await append(tenantId, 2)
    expect(await verify(tenantId)).toEqual({
      ok: true,
      checked: 3,
      firstBad: null,
      unsealed: 2,
      anchors: { checked: 1, lastAt: expect.any(String) },
    })
  })
})

describe('the first thing that does not fit is named', () => {
  const size = 4
  test.each<[Tampering, string, number | null]>([
    ['a changed entry', 'entry-changed', 2],
    ['a number changed deep in an entry', 'entry-changed', 2],
    ['a microsecond', 'entry-missing', 2],
    ['an entry given to another tenant', 'entry-missing', 2],
    ['a deleted entry', 'entry-missing', 2],
    ['an entry deleted with its seal', 'seal-missing', 3],
    ['an entry deleted and all seals made anew', 'tail-missing', null],
    ['a changed entry and all seals made anew', 'anchor-differs', 4],
    ['an inserted entry and all seals made anew', 'anchor-differs', 4],
    ['an inserted entry with a forged seal', 'entry-changed', 5],
    ['two seals in each other’s place', 'seal-changed', 2],
    ['a changed hash', 'entry-changed', 2],
    ['a cut tail', 'tail-missing', null],
  ])('%s is told as %s', async (tampering, why, number) => {
    const tenantId = await aTrail(size)
    await tamper((tx) => tamperings[tampering](tx, tenantId, 2, size))
    const { firstBad, ok } = await verify(tenantId)
    const [seal] = await rows(
      home.database.db,
      sql<{
        entry_id: string
      }>`SELECT entry_id FROM identity.audit_seals WHERE tenant_id = ${tenantId} AND number = ${number}`,
    )
    expect({ ok, ...firstBad }).toMatchObject({ ok: false, chain: tenantId, why, entryId: seal?.entry_id ?? null })
  })

  test('an anchor with another signature is not believed', async () => {
    const tenantId = await aTrail(2)
    const [key = '', content = ''] = [...anchors.files].find(([name]) => name.startsWith(tenantId)) ?? []
    anchors.files.set(key, content.replace(/"signature":"./, '"signature":"A-'))
    expect((await verify(tenantId)).firstBad).toMatchObject({ chain: tenantId, why: 'anchor-forged' })
    anchors.files.set(key, 'not an anchor')
    expect((await verify(tenantId)).firstBad).toMatchObject({ chain: tenantId, why: 'anchor-forged' })
    anchors.files.delete(key)
  })

  test('an operator hears of every chain, a tenant of its own', async () => {
    const [mine, other] = [await aTrail(2), await aTrail(2)]
    await tamper((tx) => tamperings['a changed entry'](tx, other, 1))
    expect((await verify(mine)).ok).toBe(true)
    expect((await trail.verify({ operator: true })).ok).toBe(false)
  })
})

test('no tampering at random goes unseen', async () => {
  const size = 6
  const kinds = Object.keys(tamperings) as Tampering[] // the keys are just that
  const property = fc.asyncProperty(fc.constantFrom(...kinds), fc.integer({ min: 1, max: size }), async (kind, n) => {
    const tenantId = await aTrail(size)
    expect(await verify(tenantId)).toMatchObject({ ok: true, checked: size, unsealed: 0 })
    await tamper((tx) => tamperings[kind](tx, tenantId, n, size))
    expect((await verify(tenantId)).ok).toBe(false)
  })
  await fc.assert(property, { numRuns: 60 })
}, 120_000)
