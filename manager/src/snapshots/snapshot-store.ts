import { maybe, rows, sql, type Db, type Tx } from '@platen/kit/sql'

/** A version that a consumer has yet to acknowledge. */
export interface Published {
  consumer: string
  version: bigint
}

export interface ConsumerRow {
  consumer: string
  bench_id: string | null
  version: bigint
  changed_at: Date
  acknowledged_version: bigint
  acknowledged_at: Date | null
  problems: string[]
}

/** Wakes long-polls: payload is the consumer. */
export const changedChannel = 'snapshot_changed'
/** Wakes operations that wait: payload is the consumer. */
export const acknowledgedChannel = 'snapshot_acknowledged'

/** Makes sure a consumer is known, so that changes reach it. */
export async function ensureConsumer(tx: Tx, consumer: string, benchId: string | null): Promise<void> {
  await sql`INSERT INTO manager.snapshot_consumers (consumer, bench_id, version) VALUES (${consumer}, ${benchId}, 1)
    ON CONFLICT (consumer) DO UPDATE SET bench_id = EXCLUDED.bench_id`.execute(tx)
}

/** Consumers of processes that a bench no longer has are forgotten: nobody may wait for them. */
export async function forgetOtherConsumers(tx: Tx, benchId: string, kept: readonly string[]): Promise<void> {
  await sql`DELETE FROM manager.snapshot_consumers WHERE bench_id = ${benchId} AND NOT (consumer = ANY(${[...kept]}))`.execute(
    tx,
  )
}

/**
 * Raises the version of the given consumers in the transaction of the change itself. Rows are locked in order, so two
 * operations never wait for each other in a ring.
 */
export async function raiseVersions(tx: Tx, which: { benchId: string } | { consumer: string }): Promise<Published[]> {
  const condition = 'benchId' in which ? sql`bench_id = ${which.benchId}` : sql`consumer = ${which.consumer}`
  return rows(
    tx,
    sql<Published>`WITH locked AS (
        SELECT consumer FROM manager.snapshot_consumers WHERE ${condition} ORDER BY consumer FOR UPDATE),
      raised AS (
        UPDATE manager.snapshot_consumers c SET version = version + 1,
          changed_at = GREATEST(clock_timestamp(), changed_at + interval '1 millisecond')
        FROM locked WHERE c.consumer = locked.consumer RETURNING c.consumer, c.version)
      SELECT consumer, version FROM raised, LATERAL (SELECT pg_notify(${changedChannel}, consumer)) woken`,
  )
}

export const findConsumer = (db: Db, consumer: string): Promise<ConsumerRow | undefined> =>
  maybe(db, sql<ConsumerRow>`SELECT * FROM manager.snapshot_consumers WHERE consumer = ${consumer}`)

/** Records what a consumer has in effect. A consumer started anew may acknowledge a lower version: that is the truth then. */
export async function recordAcknowledgement(
  db: Db,
  consumer: string,
  version: number,
  problems: readonly string[],
): Promise<void> {
  await sql`WITH acknowledged AS (
      UPDATE manager.snapshot_consumers SET acknowledged_version = ${version}, acknowledged_at = now(), problems = ${JSON.stringify(problems)}::jsonb
      WHERE consumer = ${consumer} RETURNING consumer)
    SELECT pg_notify(${acknowledgedChannel}, consumer) FROM acknowledged`.execute(db)
}

/** Those of `published` that are not in effect yet. */
export async function notYetAcknowledged(db: Db, published: readonly Published[]): Promise<string[]> {
  const found = await rows(
    db,
    sql<{
      consumer: string
      acknowledged_version: bigint
    }>`SELECT consumer, acknowledged_version FROM manager.snapshot_consumers
      WHERE consumer = ANY(${published.map(({ consumer }) => consumer)})`,
  )
  const known = new Map(found.map((row) => [row.consumer, row.acknowledged_version]))
  // A consumer that was forgotten meanwhile serves nothing: nothing is to be waited for.
  return published
    .filter(({ consumer, version }) => {
      const acknowledged = known.get(consumer)
      return acknowledged !== undefined && acknowledged < version
    })
    .map(({ consumer }) => consumer)
}
