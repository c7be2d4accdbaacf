import { appendAudit, createAccount, ensureUser, findAccountByEmail } from '@platen/identity'
import { sql, withScope, type Db } from '@platen/kit/sql'

/** The first administrator of a site, without a password: a ticket from the console is how they come in. Safe to repeat. */
export async function seedAdministrator(
  db: Db,
  administrator: { siteId: string; email: string; name: string },
): Promise<void> {
  const { siteId, email, name } = administrator
  await withScope(db, { tenantId: siteId }, async (tx) => {
    // A step that is repeated while its first try still runs waits for it here, and then finds the account.
    await sql`SELECT pg_advisory_xact_lock(hashtextextended('platen.seed-administrator', 0))`.execute(tx)
    const known = await findAccountByEmail(tx, email)
    const account = known ?? (await createAccount(tx, { email, name, passwordHash: null }))
    await ensureUser(tx, { accountId: account.id, tenantId: siteId, email, name, role: 'gerant' })
    if (known !== undefined) return
    await appendAudit(tx, {
      tenantId: siteId,
      actor: { id: null, label: 'platform' },
      action: 'administrator.seeded',
      resource: 'account',
      resourceId: account.id,
      changes: { email },
    })
  })
}
