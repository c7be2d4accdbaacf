import { MemoryObjects } from '@platen/drivers/objects'
import { appendAudit, createAuditTrail, secretSigner } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { siteAnchorPrefix, siteObjectPrefix } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { rows, sql, withScope } from '@platen/kit/sql'
import { eventually } from '@platen/kit/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openTestBench, type TestBench } from '../../testing/bench.ts'
import { openTestSite, type TestSite } from '../../testing/site.ts'
import { adoptDatabase } from '../runtime/adopt-database.ts'

let bench: TestBench
let site: TestSite
let token: string
beforeAll(async () => {
  site = await openTestSite('anvil')
  bench = await openTestBench()
  bench.serve(site.entry(bench.sealingKey))
  token = await bench.tokenOf(site)
})
afterAll(async () => {
  await bench.close()
  await site.close()
})

const verify = async () => (await bench.call(site, 'POST', '/audit-verifications', { token })).body
const read = async (path: string) => (await bench.call(site, 'GET', path, { token })).body['items']

test('what people do in a site is sealed and anchored by its bench, out of reach of its API', async () => {
  await bench.call(site, 'POST', '/customers', { token, body: { kind: 'company', name: 'Café' } })
  await eventually(
    async () =>
      expect(await verify()).toMatchObject({ ok: true, firstBad: null, unsealed: 0, anchors: { checked: 1 } }),
    { timeoutMs: 10_000 },
  )
  expect(await bench.objects.list(`${siteAnchorPrefix(site.id)}${site.database.name}`)).toHaveLength(1)
  expect(await bench.objects.list(siteObjectPrefix(site.id))).toEqual([])
  const [entry] = (await read('/audit-entries?filter[action][like]=customer')) as object[] // contract of the list
  expect(entry).toMatchObject({ userAgent: expect.any(String), seal: { number: expect.any(Number) } })
})

test('a refused sign-in, which belongs to nobody, is shown to the people of the site', async () => {
  await bench.call(site, 'POST', '/auth/login', { body: { email: 'eve@example.fr', password: 'wrong' } })
  expect(await read('/audit-entries?filter[action]=session.refused')).toMatchObject([
    { actor: { label: 'eve@example.fr' }, tenantId: null },
  ])
})

test('a copy that becomes another site keeps its proof and goes on with it; what was changed in it is named', async () => {
  const copy = await openTestSite('copy')
  const db = copy.database.connect('platen_site_app')
  const signer = () => secretSigner(new Secret('of the copy'))
  const trailOf = (database: string) =>
    createAuditTrail({ db, place: { objects: new MemoryObjects(), database, signer } })
  const append = (tenantId: string, resourceId: string) =>
    withScope(db, { tenantId }, (tx) =>
      appendAudit(tx, {
        tenantId,
        actor: { id: null, label: 'anne@example.fr' },
        action: 'thing.changed',
        resource: 'thing',
        resourceId,
      }),
    )
  await append(copy.id, 'one')
  await append(copy.id, 'two')
  await trailOf('before').tend()
  const becomes = newId()
  await adoptDatabase(copy.database.connect('platen_site_owner'), { fromSiteId: copy.id, toSiteId: becomes })
  const owners = await rows(
    copy.database.db,
    sql`SELECT DISTINCT tenant_id FROM identity.audit_entries UNION SELECT DISTINCT tenant_id FROM identity.audit_seals`,
  )
  expect(owners).toEqual([{ tenant_id: becomes }])
  const trail = trailOf('after')
  await append(becomes, 'three')
  await trail.tend()
  expect(await trail.verify({ operator: true })).toMatchObject({ ok: true, checked: 3, unsealed: 0 })
  // The triggers are back.
  const change = sql`UPDATE identity.audit_entries SET actor_label = 'nobody' WHERE resource_id = 'one'`
  await expect(change.execute(copy.database.db)).rejects.toThrow('never changed')
  await withScope(copy.database.db, {}, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx)
    await change.execute(tx)
  })
  expect((await trail.verify({ operator: true })).firstBad).toMatchObject({ why: 'entry-changed', chain: becomes })
  await copy.close()
})
