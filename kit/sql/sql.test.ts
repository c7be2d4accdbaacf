import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { Secret } from '../secrets/index.ts'
import {
  eventually,
  temporaryDirectory,
  testDatabase,
  type TemporaryDirectory,
  type TestDatabase,
} from '../testing/index.ts'
import {
  clientConfig,
  describeSchema,
  inTransaction,
  isDatabaseError,
  listen,
  maybe,
  one,
  prepared,
  rows,
  sql,
  violates,
  withScope,
} from './index.ts'

let directory: TemporaryDirectory
let database: TestDatabase

beforeAll(async () => {
  directory = await temporaryDirectory()
  const folder = join(directory.path, 'migrations')
  await mkdir(folder)
  await writeFile(
    join(folder, '0001_create_accounts.sql'),
    `create table public.accounts (
       id int not null, tenant_id uuid not null, balance bigint not null,
       constraint accounts_pkey primary key (id), constraint accounts_balance_check check (balance >= 0)
     );
     select platform.isolate_tenants('public.accounts');
     select platform.grant_to('{platen_kit_sql_app}', 'select, insert, update', 'table public.accounts');`,
  )
  database = await testDatabase({
    template: 'kitsql',
    sets: [{ name: 'kitsql', directory: pathToFileURL(`${folder}/`) }],
    prepare: async (connection) => {
      const { openDatabase } = await import('./index.ts')
      const db = openDatabase(connection)
      await sql`do $$ begin create role platen_kit_sql_app nologin; exception when duplicate_object or unique_violation then null; end $$`.execute(
        db,
      )
      await db.destroy()
    },
  })
})

afterAll(async () => {
  await database.drop()
  await directory.remove()
})

describe('values', () => {
  test('arrive without loss: int8 as bigint, numeric and date as text, timestamptz as Date', async () => {
    const row = await one(
      database.db,
      sql`select 9007199254740993::int8 as big, 12.340000::numeric as exact, date '2026-02-28' as day,
        timestamptz '2026-02-28 12:00:00+01' as instant, array[1, null, 3]::int8[] as bigs, array[0.10, 1e20]::numeric[] as exacts,
        array[date '2026-02-28'] as days, '{"a": [1]}'::jsonb as document, 7 as small, true as yes, null as nothing`,
    )
    expect(row).toEqual({
      big: 9007199254740993n,
      exact: '12.340000',
      day: '2026-02-28',
      instant: new Date('2026-02-28T11:00:00Z'),
      bigs: [1n, null, 3n],
      exacts: ['0.10', '100000000000000000000'],
      days: ['2026-02-28'],
      document: { a: [1] },
      small: 7,
      yes: true,
      nothing: null,
    })
  })

  test('go out as parameters, never as SQL text', async () => {
    const text = `'; drop table public.accounts; --`
    expect(await one(database.db, sql`select ${text}::text as text, ${2n ** 60n}::int8 as big`)).toEqual({
      text,
      big: 2n ** 60n,
    })
  })
})

describe('rows', () => {
  test('one and maybe say when they got another number of rows than asked, without the parameters', async () => {
    const secret = 'hunter2'
    await expect(one(database.db, sql`select 1 where ${secret} = ''`)).rejects.toThrow(
      'expected one row, got none: select 1 where $1 =',
    )
    await expect(maybe(database.db, sql`select generate_series(1, 2)`)).rejects.toThrow(
      'expected at most one row, got 2',
    )
    expect(await maybe(database.db, sql`select 1 where false`)).toBeUndefined()
    expect(await rows(database.db, sql`select generate_series(1, 2) as n`)).toEqual([{ n: 1 }, { n: 2 }])
  })
})

describe('a connection', () => {
  test('has its name, limits and role from its first statement on', async () => {
    const db = database.connect('platen_kit_sql_app', {
      applicationName: 'op:1:7',
      statementTimeoutMs: 1_234,
      lockTimeoutMs: 567,
      idleInTransactionTimeoutMs: 8_900,
    })
    const settings = await one(
      db,
      sql`select current_setting('application_name') as name, current_setting('statement_timeout') as statement,
        current_setting('lock_timeout') as lock, current_setting('idle_in_transaction_session_timeout') as idle, current_user::text as role`,
    )
    expect(settings).toEqual({
      name: 'op:1:7',
      statement: '1234ms',
      lock: '567ms',
      idle: '8900ms',
      role: 'platen_kit_sql_app',
    })
  })

  test('does not print its password', () => {
    const config = clientConfig({
      host: '/x',
      database: 'd',
      user: 'u',
      password: new Secret('hunter2'),
      applicationName: 'a',
    })
    expect(inspect(config, { depth: 5 })).not.toContain('hunter2')
    expect(JSON.stringify(config)).not.toContain('hunter2')
  })

  test('that the server ends while idle or inside a transaction fails its statement only; the pool goes on', async () => {
    const db = database.connect(undefined, { max: 1 })
    const pid = async (): Promise<number> => (await one(db, sql<{ pid: number }>`select pg_backend_pid() as pid`)).pid
    const kill = (victim: number): Promise<unknown> =>
      sql`select pg_terminate_backend(${victim}, 5000)`.execute(database.db)

    await kill(await pid())
    await eventually(pid, { describe: 'the pool opens a new connection' })

    const failure = inTransaction(db, async (tx) => {
      await sql`insert into public.accounts values (100, ${newId()}, 1)`.execute(tx)
      await kill((await one(tx, sql<{ pid: number }>`select pg_backend_pid() as pid`)).pid)
      await sql`select 1`.execute(tx)
    })
    await expect(failure).rejects.toThrow(/terminat|not queryable/)
    expect(await pid()).toBeGreaterThan(0)
    expect(await rows(database.db, sql`select from public.accounts where id = 100`)).toEqual([])
  })
})

describe('inTransaction', () => {
  test('repeats work that lost against another transaction, as often as asked', async () => {
    await sql`insert into public.accounts values (1, ${newId()}, 0)`.execute(database.db)
    const addOne = (): Promise<void> =>
      inTransaction(
        database.db,
        async (tx) => {
          const { balance } = await one(tx, sql<{ balance: bigint }>`select balance from public.accounts where id = 1`)
          await sql`update public.accounts set balance = ${balance + 1n} where id = 1`.execute(tx)
        },
        { isolation: 'serializable', retrySerialization: 50 },
      )
    await Promise.all(Array.from({ length: 8 }, addOne))
    expect(await one(database.db, sql`select balance from public.accounts where id = 1`)).toEqual({ balance: 8n })
  })

  test('does not repeat what failed for another reason', async () => {
    let runs = 0
    const work = (): Promise<never> => {
      runs += 1
      return Promise.reject(new Error('refused'))
    }
    await expect(inTransaction(database.db, work, { retrySerialization: 5 })).rejects.toThrow('refused')
    expect(runs).toBe(1)
  })
})

describe('violates', () => {
  test('knows a constraint by its name, also behind a cause', async () => {
    const error = await sql`insert into public.accounts values (50, ${newId()}, -1)`
      .execute(database.db)
      .catch((reason: unknown) => reason)
    expect(isDatabaseError(error)).toBe(true)
    expect(violates(error, 'accounts_balance_check')).toBe(true)
    expect(violates(error, 'accounts_pkey')).toBe(false)
    expect(violates(new Error('while booking', { cause: error }), 'accounts_balance_check')).toBe(true)
    expect(violates(new Error('accounts_balance_check'), 'accounts_balance_check')).toBe(false)
  })
})

describe('withScope', () => {
  const [first, second] = [newId(), newId()]

  test('a tenant sees and writes its own rows only, an operator all, nobody none', async () => {
    const db = database.connect('platen_kit_sql_app')
    const ids = (scope: Parameters<typeof withScope>[1]): Promise<{ id: number }[]> =>
      withScope(db, scope, (tx) =>
        rows(tx, sql<{ id: number }>`select id from public.accounts where id in (11, 12) order by id`),
      )
    await withScope(db, { tenantId: first }, (tx) =>
      sql`insert into public.accounts values (11, ${first}, 1)`.execute(tx),
    )
    await withScope(db, { operator: true }, (tx) =>
      sql`insert into public.accounts values (12, ${second}, 1)`.execute(tx),
    )
    await expect(
      withScope(db, { tenantId: first }, (tx) =>
        sql`insert into public.accounts values (13, ${second}, 1)`.execute(tx),
      ),
    ).rejects.toThrow('row-level security')
    expect(await ids({ tenantId: first })).toEqual([{ id: 11 }])
    expect(await ids({ tenantId: second })).toEqual([{ id: 12 }])
    expect(await ids({ operator: true })).toEqual([{ id: 11 }, { id: 12 }])
    expect(await ids({ operator: false })).toEqual([])
    expect(await rows(db, sql`select id from public.accounts`)).toEqual([])
  })

  test('carries account and actor, and nothing of it outlives the transaction', async () => {
    const db = database.connect('platen_kit_sql_app', { max: 1 })
    const read = sql`select current_setting('app.tenant', true) as tenant, current_setting('app.account', true) as account,
      current_setting('app.actor', true) as actor, current_setting('app.operator', true) as operator`
    expect(await withScope(db, { tenantId: first, accountId: second, actor: 'marie' }, (tx) => one(tx, read))).toEqual({
      tenant: first,
      account: second,
      actor: 'marie',
      operator: '',
    })
    expect(await one(db, read)).toEqual({ tenant: '', account: '', actor: '', operator: '' })
  })

  test('interleaved tenants on few connections never see each other', async () => {
    const db = database.connect('platen_kit_sql_app', { max: 3 })
    const seen = await Promise.all(
      Array.from({ length: 200 }, (_, index) => {
        const tenantId = index % 2 === 0 ? first : second
        return withScope(db, { tenantId }, async (tx) => {
          const found = await rows(tx, sql<{ tenant_id: string }>`select tenant_id from public.accounts`)
          return found.every((row) => row.tenant_id === tenantId)
        })
      }),
    )
    expect(seen).not.toContain(false)
  })
})

describe('prepared', () => {
  const ofTenant = (id: number) =>
    prepared(sql<{ id: number; tenant_id: string }>`select id, tenant_id from public.accounts where id = ${id}`)

  test('is parsed once per connection; other statements are not kept', async () => {
    const db = database.connect('platen_kit_sql_app', { max: 1 })
    for (let id = 1; id <= 10; id += 1) await maybe(db, ofTenant(id))
    await maybe(db, sql`select id from public.accounts where id = ${1}`)
    const kept = await rows(db, sql<{ statement: string }>`select statement from pg_prepared_statements`)
    expect(kept).toEqual([{ statement: expect.stringContaining('select id, tenant_id from public.accounts') }])
  })

  test('a kept plan shows each tenant its own row, and outlives a column that is added meanwhile', async () => {
    const [first, second] = [newId(), newId()]
    const db = database.connect('platen_kit_sql_app', { max: 1 })
    const read = (tenantId: string | undefined, id: number) =>
      withScope(db, tenantId === undefined ? {} : { tenantId }, (tx) => maybe(tx, ofTenant(id)))
    for (const [id, tenantId] of [
      [21, first],
      [22, second],
    ] as const)
      // prettier-ignore
      await withScope(db, { tenantId }, (tx) =>
        sql`insert into public.accounts values (${id}, ${tenantId}, 1)`.execute(tx),
      )
    for (let time = 1; time <= 12; time += 1) {
      if (time === 10) await sql`alter table public.accounts add column note text`.execute(database.db)
      const seen = [await read(first, 21), await read(second, 21), await read(second, 22), await read(undefined, 22)]
      expect(seen.map((row) => row?.tenant_id)).toEqual([first, undefined, second, undefined])
    }
  })
})

describe('listen', () => {
  test('passes messages on, and after a lost connection asks to look again', async () => {
    const heard: string[] = []
    const listener = await listen(database.connection, ['kit_a', 'kit_b'], (channel, payload) =>
      heard.push(`${channel}:${payload}`),
    )
    try {
      await sql`select pg_notify('kit_a', 'one'), pg_notify('kit_b', 'two')`.execute(database.db)
      await eventually(() => heard.length === 2)
      expect(heard).toEqual(['kit_a:one', 'kit_b:two'])
      await sql`select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()`.execute(
        database.db,
      )
      await eventually(() => heard.length === 4, { describe: 'the listener comes back' })
      expect(heard.slice(2)).toEqual(['kit_a:', 'kit_b:'])
      await sql`select pg_notify('kit_b', 'three')`.execute(database.db)
      await eventually(() => heard.includes('kit_b:three'))
    } finally {
      await listener.close()
    }
    const left = await rows(
      database.db,
      sql`select from pg_stat_activity where query like 'listen%' and datname = current_database()`,
    )
    expect(left).toEqual([])
  })

  test('rejects when it cannot connect', async () => {
    await expect(listen({ ...database.connection, database: 'absent' }, ['a'], () => {})).rejects.toThrow(
      'does not exist',
    )
  })
})

describe('describeSchema', () => {
  test('changes with every kind of change, and only then', async () => {
    const changes = [
      sql`create table public.described (id int, other int)`,
      sql`alter table public.described alter column id set not null`,
      sql`alter table public.described alter column other set default 3`,
      sql`alter table public.described add constraint described_pkey primary key (id)`,
      sql`alter table public.described add constraint described_other_check check (other > 0)`,
      sql`create index described_other_idx on public.described (other) where other > 5`,
      sql`alter table public.described enable row level security`,
      sql`alter table public.described force row level security`,
      sql`create policy mine on public.described for select using (other = 1)`,
      sql`grant select on public.described to platen_kit_sql_app`,
      sql`grant update (other) on public.described to platen_kit_sql_app`,
      sql`create view public.seen with (security_invoker = true) as select id from public.described`,
      sql`create function public.twice(n int) returns int language sql immutable return n * 2`,
      sql`revoke execute on function public.twice(int) from public`,
      sql`create type public.colour as enum ('red', 'blue')`,
      sql`create domain public.percent as int check (value between 0 and 100)`,
      sql`create sequence public.numbers`,
      sql`create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'`,
      sql`create trigger append_only before update on public.described for each row execute function public.refuse()`,
      sql`create table public.parts (id int, at date) partition by range (at)`,
      sql`create table public.parts_2026 partition of public.parts for values from ('2026-01-01') to ('2027-01-01')`,
      sql`grant usage on schema public to platen_kit_sql_app`,
    ]
    let before = await describeSchema(database.db, ['public'])
    for (const change of changes) {
      await change.execute(database.db)
      const after = await describeSchema(database.db, ['public'])
      expect(after, change.compile(database.db).sql).not.toBe(before)
      expect(await describeSchema(database.db, ['public'])).toBe(after)
      before = after
    }
    expect(before).toContain('create table public.described (\n  id integer not null,\n  other integer default 3\n);')
  })
})
