import { maybe, sql, withScope, type Db } from '@platen/kit/sql'

const monthsAhead = 3

/**
 * Makes the partitions of this month and the next three; answers the names of those that it made. Needs the owner of the tables. Not
 * having run loses nothing: what has no month goes to the default partition, and a month that began there stays there.
 */
export async function ensureAuditPartitions(owner: Db, now: Date = new Date()): Promise<string[]> {
  const made: string[] = []
  for (let ahead = 0; ahead <= monthsAhead; ahead += 1) {
    const name = await ensureMonth(owner, monthOf(now, ahead))
    if (name !== undefined) made.push(name)
  }
  return made
}

interface Month {
  name: string
  from: string
  to: string
}

function monthOf(now: Date, ahead: number): Month {
  const first = (offset: number): string =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + offset, 1)).toISOString()
  const from = first(ahead)
  return { name: `audit_entries_${from.slice(0, 7).replace('-', '_')}`, from, to: first(ahead + 1) }
}

/** Under a lock that writers wait for, for as long as it takes to see that the default partition has nothing of the month. */
async function ensureMonth(owner: Db, { name, from, to }: Month): Promise<string | undefined> {
  return withScope(owner, { operator: true }, async (tx) => {
    await sql`SELECT set_config('lock_timeout', '5s', true), pg_advisory_xact_lock(hashtextextended('identity.audit_partitions', 0))`.execute(
      tx,
    )
    const settled = await maybe(
      tx,
      sql`SELECT WHERE to_regclass(${`identity.${name}`}) IS NOT NULL
        OR EXISTS (SELECT FROM identity.audit_entries_default WHERE at >= ${from}::timestamptz AND at < ${to}::timestamptz)`,
    )
    if (settled !== undefined) return undefined
    const partition = sql.id('identity', name)
    await sql`CREATE TABLE ${partition} PARTITION OF identity.audit_entries FOR VALUES FROM (${sql.lit(from)}) TO (${sql.lit(to)})`.execute(
      tx,
    )
    await sql`SELECT identity.guard_audit_partition(${`identity.${name}`}::regclass)`.execute(tx)
    return name
  })
}
