import { appendAudit, createAuditTrail, type AuditTrail } from '@platen/identity'
import { aJobContext } from '@platen/kit/jobs/testing'
import { MemoryObjects } from '@platen/drivers/objects'
import { sql, withScope } from '@platen/kit/sql'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aTenant } from '../../testing/builders.ts'
import { testPlatform, type TestPlatform } from '../../testing/platform.ts'
import { ensureAnchorSigner } from '../platform-key.ts'
import { verifyAuditTrail } from './verify-audit-trail.ts'

let platform: TestPlatform
let auditTrail: AuditTrail
beforeAll(async () => {
  platform = await testPlatform()
  const { workerDb: db, vault } = platform
  const place = { objects: new MemoryObjects(), database: 'test', signer: () => ensureAnchorSigner(db, vault) }
  auditTrail = createAuditTrail({ db, place })
})
afterAll(() => platform.close())

test('the nightly job is content with a whole trail, and fails for good with the first entry that does not fit', async () => {
  const { tenantId } = await aTenant(platform)
  const entry = { actor: { id: null, label: 'test' }, action: 'thing.changed', resource: 'thing' }
  await withScope(platform.workerDb, { tenantId }, (tx) => appendAudit(tx, { tenantId, ...entry }))
  await auditTrail.anchorNow()
  const verify = () => verifyAuditTrail.execute({}, aJobContext({ auditTrail }))
  await verify()
  await platform.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx)
    await sql`UPDATE identity.audit_entries SET action = 'thing.admired' WHERE tenant_id = ${tenantId}`.execute(tx)
  })
  await expect(verify()).rejects.toThrow(new RegExp(`^entry-changed in the chain ${tenantId}: entry [0-9a-f-]{36} of `))
  await expect(verify()).rejects.toMatchObject({ name: 'FinalFailure' })
})
