// An outbox with events in it, worker processes that deliver them, and what the outside has got: everything the relay's faults need.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { newId } from '../../../kit/ids/index.ts'
import { outboxLag, outboxMigrations, type DeliveryPoint } from '../../../kit/outbox/index.ts'
import { one, rows, sql, withScope, type Db } from '../../../kit/sql/index.ts'
import { createSiteGroupRoles, testDatabase, type TestDatabase } from '../../../kit/testing/index.ts'

export interface RelayWorkerOptions {
  database: string
  siteId: string
  leaseMs: number
  /** Without the handler that sends events one by one. */
  manyEvents?: boolean
  /** Numbers of events whose effect in the database fails at the first attempt, in each aggregate. */
  failFirst?: readonly number[]
  /** kill -9 when this point is reached for the nth time. */
  killAt?: { point: DeliveryPoint; time: number }
  target?: { vendor: 'redis' | 'rabbitmq'; url: string }
}

export interface RelayWorld {
  database: TestDatabase
  siteId: string
  app: Db
  /** Events of `aggregates` aggregates in turn, as a thousand commits would have left them. */
  append(count: number, aggregates: number): Promise<void>
  startWorker(options: Omit<RelayWorkerOptions, 'database' | 'siteId'>): ChildProcess
  close(): Promise<void>
}

export async function relayWorld(): Promise<RelayWorld> {
  const siteId = newId()
  const database = await testDatabase({
    template: 'relay',
    sets: [outboxMigrations],
    prepare: createSiteGroupRoles,
    role: 'platen_site_owner',
  })
  // `effects`: what `handle` did in the database. `receipts`: what the outside saw of `send`, each time. `books`: another database that
  // is told five times of everything, and has an inbox.
  await sql`create table public.effects (event_id uuid not null, at bigint generated always as identity)`.execute(
    database.db,
  )
  await sql`create table public.receipts (event_id uuid not null, at bigint generated always as identity)`.execute(
    database.db,
  )
  await sql`create table public.books (event_id uuid not null, at bigint generated always as identity)`.execute(
    database.db,
  )
  await sql`grant select, insert on public.effects, public.receipts, public.books to platen_site_app`.execute(
    database.db,
  )
  const app = database.connect('platen_site_app')
  return {
    database,
    siteId,
    app,
    append: (count, aggregates) => append(database.db, siteId, count, aggregates),
    startWorker: (options) =>
      spawn(
        process.execPath,
        [join(import.meta.dirname, 'relay-worker.ts'), JSON.stringify({ ...options, siteId, database: database.name })],
        { stdio: ['ignore', 'ignore', 'inherit'] },
      ),
    close: () => database.drop(),
  }
}

/** How it ended: `SIGKILL`, or its exit code. */
export async function endOf(worker: ChildProcess): Promise<string> {
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, 'exit')
  return worker.signalCode ?? String(worker.exitCode)
}

export const isDone = async (db: Db): Promise<boolean> => {
  const { undistributed, pending } = await outboxLag(db)
  return undistributed === 0n && pending === 0n
}

export interface Seen {
  /** Events that arrived at least once. */
  events: number
  /** Arrivals beside the first of each event. */
  again: number
  /** Events whose first arrival was before that of an earlier one of their aggregate. */
  outOfOrder: number
}

/** What a table of arrivals shows; `again` must be 0 where an effect is to happen once. */
export async function seenIn(world: RelayWorld, table: 'effects' | 'receipts' | 'books'): Promise<Seen> {
  const seen = await one(
    world.database.db,
    sql<{ events: bigint; again: bigint; out_of_order: bigint }>`
      with first as (select event_id, min(at) as at, count(*) as times from ${sql.table(`public.${table}`)} group by event_id),
      placed as (
        select times, sequence, row_number() over (partition by aggregate_id order by at) as place
        from first join outbox.events on events.id = event_id
      )
      select count(*) as events, coalesce(sum(times - 1), 0)::bigint as again,
        count(*) filter (where sequence <> place) as out_of_order from placed`,
  )
  return { events: Number(seen.events), again: Number(seen.again), outOfOrder: Number(seen.out_of_order) }
}

/** The same of a list of arrivals by aggregate and number. */
export function seenAmong(arrivals: readonly { id: string; partitionkey: string; sequence: string }[]): Seen {
  const ids = new Set<string>()
  const lastOf = new Map<string, number>()
  let outOfOrder = 0
  for (const { id, partitionkey, sequence } of arrivals) {
    if (ids.has(id)) continue
    ids.add(id)
    if (Number(sequence) !== (lastOf.get(partitionkey) ?? 0) + 1) outOfOrder += 1
    lastOf.set(partitionkey, Number(sequence))
  }
  return { events: ids.size, again: arrivals.length - ids.size, outOfOrder }
}

export async function delivered(world: RelayWorld): Promise<number> {
  const [row] = await rows(
    world.database.db,
    sql<{ count: bigint }>`select count(*) as count from outbox.deliveries where state = 'delivered'`,
  )
  return Number(row?.count ?? 0)
}

async function append(db: Db, siteId: string, count: number, aggregates: number): Promise<void> {
  const ids = Array.from({ length: aggregates }, newId)
  const eventIds = Array.from({ length: count }, newId)
  await withScope(db, { operator: true }, async (tx) => {
    await sql`
      insert into outbox.events (id, tenant_id, type, version, aggregate, aggregate_id, sequence, payload)
      select id, ${siteId}, 'ThingHappened', 1, 'thing', (${ids}::uuid[])[1 + (n - 1) % ${aggregates}::int],
        1 + (n - 1) / ${aggregates}::int, jsonb_build_object('n', n)
      from unnest(${eventIds}::uuid[]) with ordinality as given(id, n) order by n`.execute(tx)
  })
}
