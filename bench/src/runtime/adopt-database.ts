import { rows, sql, withScope, type Db, type RawBuilder, type Tx } from '@platen/kit/sql'

/**
 * Gives the rows of a restored copy to the site that it becomes, and takes away what opened the old one: sessions, tickets, links sent
 * by mail, API tokens (one may have been revoked since), and what is sealed with the old site's data key: keys, second factors, secrets
 * of webhooks. A site
 * that adopts its own rows is put back: its second factors stay. Needs the owner of the tables. One transaction; safe to repeat.
 */
export function adoptDatabase(db: Db, sites: { fromSiteId: string; toSiteId: string }): Promise<void> {
  return withScope(db, { operator: true }, async (tx) => {
    await sql`DELETE FROM identity.refresh_tokens`.execute(tx)
    await sql`DELETE FROM identity.sessions`.execute(tx)
    await sql`DELETE FROM identity.tickets`.execute(tx)
    await sql`DELETE FROM identity.email_links`.execute(tx)
    await sql`UPDATE identity.invitations SET revoked_at = now() WHERE accepted_at IS NULL AND revoked_at IS NULL`.execute(
      tx,
    )
    await sql`UPDATE identity.api_tokens SET revoked_at = now() WHERE revoked_at IS NULL`.execute(tx)
    await sql`DELETE FROM identity.signing_keys`.execute(tx)
    // What was queued when the backup was taken has run since, or is not wanted any more: no mail goes twice.
    await sql`UPDATE jobs.jobs SET state = 'discarded', ended_at = now(), lease = NULL, leased_until = NULL
      WHERE state IN ('queued', 'running')`.execute(tx)
    if (sites.fromSiteId === sites.toSiteId) return
    // Sealed with the old site's key: people set theirs up again.
    await sql`DELETE FROM identity.recovery_codes`.execute(tx)
    await sql`UPDATE identity.accounts SET sealed_totp_secret = NULL, totp_since = NULL, totp_last_step = NULL`.execute(
      tx,
    )
    // A copy tells nobody what the original tells already, and cannot sign in its name.
    await sql`DELETE FROM outbox.handlers WHERE starts_with(name, 'webhook:')`.execute(tx)
    await sql`UPDATE outbox.deliveries SET state = 'discarded', leased_until = NULL
      WHERE webhook_id IS NOT NULL AND state IN ('pending', 'dead')`.execute(tx)
    await sql`UPDATE outbox.webhooks SET enabled = false, sealed_secret = NULL`.execute(tx)
    const tables = await tenantTables(tx)
    // Append-only tables refuse changes by trigger; whose rows they are is no part of what they record.
    for (const table of tables) await sql`ALTER TABLE ${table} DISABLE TRIGGER USER`.execute(tx)
    // References between them hold again once all are given.
    await sql`SET CONSTRAINTS ALL DEFERRED`.execute(tx)
    for (const table of tables)
      await sql`UPDATE ${table} SET tenant_id = ${sites.toSiteId} WHERE tenant_id = ${sites.fromSiteId}`.execute(tx)
    await sql`SET CONSTRAINTS ALL IMMEDIATE`.execute(tx)
    for (const table of tables) await sql`ALTER TABLE ${table} ENABLE TRIGGER USER`.execute(tx)
  })
}

/** Of every schema, as identifiers. */
async function tenantTables(tx: Tx): Promise<RawBuilder<unknown>[]> {
  const found = await rows(
    tx,
    sql<{ schema: string; name: string }>`SELECT n.nspname AS schema, c.relname AS name FROM pg_class c
      JOIN pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
      WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND n.nspname NOT IN ('pg_catalog', 'information_schema')
      ORDER BY 1, 2`,
  )
  return found.map(({ schema, name }) => sql.id(schema, name))
}
