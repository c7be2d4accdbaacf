// A dump and a restore of a site-like database through the driver, on real servers.
import { spawn } from 'node:child_process'
import { createSecretKey, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { fileURLToPath } from 'node:url'
import { openStream, sealStream } from '@platen/kit/archives'
import { clientConfig, describeSchema, one as oneRow, openDatabase, sql, withScope, type Db } from '@platen/kit/sql'
import { eventually, temporaryDirectory } from '@platen/kit/testing'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { SiteDatabaseRequest } from '../../contract.ts'
import { privateCluster, type PrivateCluster } from '../testing/private-cluster.ts'
import { digests, fillStatements, siteWorld, type SiteWorld } from './testing/site-like.ts'

let cluster: PrivateCluster
let world: SiteWorld

beforeAll(async () => {
  cluster = await privateCluster()
  world = await siteWorld(cluster)
})
afterAll(async () => {
  await world?.server.close()
  await cluster?.remove()
})

async function filledSite(scale = 20): Promise<SiteDatabaseRequest> {
  const site = await world.site()
  await cluster.query(world.superuserIn(site), fillStatements(scale))
  return site
}

/** Snapshot, digests in it, dump; all of one moment. */
async function backUp(site: SiteDatabaseRequest) {
  const held = await world.server.exportSnapshot(site.name, { session: site.session })
  const [archive, tables] = await Promise.all([
    buffer(world.server.dump({ ...world.login(site, 'dumper'), snapshot: held.snapshot })),
    digests(world.superuserIn(site), held.snapshot),
  ])
  await held.close()
  return { archive, tables }
}

async function restored(archive: Buffer): Promise<SiteDatabaseRequest> {
  const target = await world.empty()
  await world.server.restore({ ...world.login(target, 'owner'), archive: Readable.from([archive]) })
  return target
}

/** Tool processes of this cluster: its tools lie in a folder of its own. */
async function toolProcesses(): Promise<{ pid: number; commandLine: string }[]> {
  const folder = (await cluster.tools()).pg_dump.replace(/pg_dump$/, '')
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const all = await Promise.all(
    pids.map(async (pid) => ({
      pid: Number(pid),
      commandLine: await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
    })),
  )
  return all.filter(({ commandLine }) => commandLine.includes(folder))
}

const sessionsOf = (site: SiteDatabaseRequest, user: string) =>
  cluster.query(
    cluster.superuser,
    `select pid from pg_stat_activity where datname = '${site.name}' and usename = '${user}'`,
  )

describe('a restored site', () => {
  let site: SiteDatabaseRequest
  let copy: SiteDatabaseRequest
  beforeAll(async () => {
    site = await filledSite()
    const { archive, tables } = await backUp(site)
    copy = await restored(archive)
    expect(await digests(world.superuserIn(copy))).toEqual(tables)
  })

  test('has every row of every table, those behind row-level security included', async () => {
    const [before, after] = [await digests(world.superuserIn(site)), await digests(world.superuserIn(copy))]
    expect(after).toEqual(before)
    const rows = Object.fromEntries(after.map(({ name, rows: count }) => [name, count]))
    expect(rows).toMatchObject({
      'identity.users': 20,
      'identity.audit_entries': 200,
      'identity.tickets': 20,
      'commerce.products': 200,
      'commerce.stock_movements': 200,
      'special.things': 200,
      'special.history': 200,
    })
    console.log(`${after.length} tables, ${after.reduce((sum, table) => sum + table.rows, 0)} rows, all digests equal`)
  })

  test('has the same tables, constraints, policies, triggers, functions and grants as one from the template', async () => {
    const schemas = ['platform', 'identity', 'outbox', 'commerce', 'special', 'public']
    const [one, other] = [openDatabase(world.superuserIn(site)), openDatabase(world.superuserIn(copy))]
    // PostgreSQL prints "a between b and c and d" with other parentheses once it was printed and read again.
    const described = async (db: Db) => (await describeSchema(db, schemas)).replaceAll(/[()]/g, '')
    expect(await described(other)).toBe(await described(one))
    await Promise.all([one.destroy(), other.destroy()])
  })

  test('belongs to the same owners, with the same access lists', async () => {
    const access = `
      select 'relation' as kind, oid::regclass::text as name, relowner::regrole::text as owner, relacl::text as acl from pg_class
        where relnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      union all select 'schema', nspname, nspowner::regrole::text, nspacl::text from pg_namespace where nspname !~ '^(pg_|information_schema)'
      union all select 'function', oid::regprocedure::text, proowner::regrole::text, proacl::text from pg_proc where pronamespace::regnamespace::text !~ '^(pg_|information_schema)'
      union all select 'type', oid::regtype::text, typowner::regrole::text, typacl::text from pg_type where typnamespace::regnamespace::text !~ '^(pg_|information_schema)'
      union all select 'column', attrelid::regclass::text || '.' || attname, '', attacl::text from pg_attribute where attacl is not null and attrelid::regclass::text !~ '^pg_'
      union all select 'default', defaclnamespace::regnamespace::text, defaclrole::regrole::text, defaclacl::text from pg_default_acl
      union all select 'comment', objoid::regclass::text, '', description from pg_description where classoid = 'pg_class'::regclass and objoid >= 16384
      order by 1, 2`
    const [one, other] = [
      await cluster.query(world.superuserIn(site), access),
      await cluster.query(world.superuserIn(copy), access),
    ]
    expect(other).toEqual(one)
    expect(one.length).toBeGreaterThan(50)
  })

  test('lets its app in, holds it to its tenant, and goes on counting', async () => {
    const app = world.as(copy, 'app')
    expect(await cluster.query(app, 'select count(*)::int as n from special.things')).toEqual([{ n: 0 }])
    const [tenant] = await cluster.query(
      world.superuserIn(copy),
      'select tenant_id as id, count(*)::int as n from special.things group by 1 order by 1 limit 1',
    )
    const db = openDatabase(app)
    const seen = await withScope(db, { tenantId: String(tenant?.['id']) }, (tx) =>
      oneRow(tx, sql<{ n: number }>`select count(*)::int as n from special.things`),
    )
    await db.destroy()
    expect(seen.n).toBe(tenant?.['n'])
    expect(await cluster.query(app, `select nextval('commerce.order_numbers') as n`)).toEqual([{ n: 4712n }])
    const [row] = await cluster.query(
      world.superuserIn(copy),
      `insert into special.things (tenant_id, mood, price) values (gen_random_uuid(), 'fine', 21) returning number, twice`,
    )
    expect(row).toEqual({ number: 201, twice: 42n })
    await expect(cluster.query(app, 'create table special.mine (i int)')).rejects.toMatchObject({ code: '42501' })
    await expect(cluster.query(world.as(copy, 'reader'), 'select price from special.things')).rejects.toMatchObject({
      code: '42501',
    })
  })

  test('still refuses to change its ledgers, also to its owner', async () => {
    const owner = world.as(copy, 'owner', 'platen_site_owner')
    await expect(cluster.query(owner, 'delete from commerce.stock_movements')).rejects.toThrow('append-only')
    await expect(cluster.query(owner, 'truncate identity.audit_entries')).rejects.toThrow('never changed')
  })

  test('can be migrated, dumped and restored again', async () => {
    await cluster.query(
      world.as(copy, 'owner', 'platen_site_owner'),
      'alter table commerce.products add column note text',
    )
    const { archive, tables } = await backUp(copy)
    const third = await restored(archive)
    expect(await digests(world.superuserIn(third))).toEqual(tables)
  })

  test('has statistics where there are rows, and none where there are none', async () => {
    const [row] = await cluster.query(
      world.superuserIn(copy),
      `select (select reltuples from pg_class where oid = 'commerce.products'::regclass) as products,
              (select reltuples from pg_class where oid = 'commerce.orders'::regclass) as orders`,
    )
    expect(row).toEqual({ products: 200, orders: -1 })
  })
})

test('a dump taken while people write shows exactly the moment of its snapshot', async () => {
  const site = await filledSite(100)
  const writing = { isOver: false, count: 0 }
  const writer = async (): Promise<void> => {
    const client = new pg.Client(clientConfig(world.superuserIn(site)))
    await client.connect()
    for (; !writing.isOver; writing.count += 1) {
      await client.query(`with gone as (delete from commerce.order_lines returning 1)
        update commerce.products set version = version + 1, name = name || 'x' where sku_key = 's' || (1 + floor(random() * 900))::int;
        insert into identity.audit_entries (id, actor_label, action, resource) values (gen_random_uuid(), 'a', 'b', 'c');
        select nextval('commerce.order_numbers')`)
    }
    await client.end()
  }
  const writers = [writer(), writer()]
  await eventually(() => writing.count > 20)
  const atStart = writing.count
  const { archive, tables } = await backUp(site)
  const during = writing.count - atStart
  writing.isOver = true
  await Promise.all(writers)
  expect(during).toBeGreaterThan(0)
  const copy = await restored(archive)
  expect(await digests(world.superuserIn(copy))).toEqual(tables)
  expect(await digests(world.superuserIn(site))).not.toEqual(tables)
  console.log(`${during} transactions were written while the dump ran`)
}, 60_000)

describe('what would make a dump incomplete', () => {
  test('a table whose policies hide rows from everybody is refused by name', async () => {
    const site = await filledSite(1)
    const owner = world.as(site, 'owner', 'platen_site_owner')
    await cluster.query(
      owner,
      `create table special.hidden (i int); alter table special.hidden enable row level security, force row level security;
       create policy nobody on special.hidden using (false); grant select on special.hidden to platen_site_dumper`,
    )
    const snapshot = () => world.server.exportSnapshot(site.name, { session: site.session })
    await expect(snapshot()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('special.hidden'),
    })
    await cluster.query(
      owner,
      `drop table special.hidden; create policy fewer on special.things as restrictive using (price > 5)`,
    )
    await expect(snapshot()).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('special.things'),
    })
  })

  test('a table that the dumper may not read is refused, not left out', async () => {
    const site = await filledSite(1)
    await cluster.query(world.as(site, 'owner', 'platen_site_owner'), 'create table special.forgotten (i int)')
    await expect(backUp(site)).rejects.toMatchObject({ kind: 'refused', message: expect.stringContaining('forgotten') })
  })

  test('without app.operator the same role sees fewer rows: the setting is what makes the dump complete', async () => {
    const site = await filledSite(1)
    const [row] = await cluster.query(world.as(site, 'dumper'), 'select count(*)::int as n from special.things')
    expect(row).toEqual({ n: 0 })
  })
})

describe('a dump that is interrupted', () => {
  /** Big enough that nothing of it fits into pipes: who does not read, stops it. */
  async function bigSite(): Promise<SiteDatabaseRequest> {
    const site = await world.site()
    await cluster.query(
      world.as(site, 'owner', 'platen_site_owner'),
      `create table special.filler as select n, (select string_agg(md5(random()::text || n || i), '') from generate_series(1, 8) i) as t from generate_series(1, 60000) n;
       grant select on special.filler to platen_site_dumper`,
    )
    return site
  }

  /** A dump of which one piece was read, and the iterator for the rest. */
  async function begun(site: SiteDatabaseRequest, signal?: AbortSignal) {
    const held = await world.server.exportSnapshot(site.name, { session: site.session })
    const stream = world.server.dump(
      { ...world.login(site, 'dumper'), snapshot: held.snapshot },
      signal ? { signal } : {},
    )
    const pieces = stream[Symbol.asyncIterator]()
    await pieces.next()
    const rest = async (): Promise<void> => {
      while (!(await pieces.next()).done);
    }
    return { held, stream, rest }
  }

  test('by an abort is unavailable, and neither process nor session is left', async () => {
    const site = await bigSite()
    const controller = new AbortController()
    const { held, rest } = await begun(site, controller.signal)
    const dumper = world.login(site, 'dumper').user
    expect(await sessionsOf(site, dumper)).toHaveLength(1)
    controller.abort()
    await expect(rest()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
    await held.close()
    await eventually(async () => (await toolProcesses()).length === 0, { timeoutMs: 5_000 })
    await eventually(async () => (await sessionsOf(site, dumper)).length === 0, { timeoutMs: 5_000 })
  })

  test('by its reader going away ends the process', async () => {
    const site = await bigSite()
    const { held, stream } = await begun(site)
    expect(await toolProcesses()).toHaveLength(1)
    stream.destroy()
    await eventually(async () => (await toolProcesses()).length === 0, { timeoutMs: 5_000 })
    await held.close()
  })

  test('shows no password on its command line or in its error', async () => {
    const site = await bigSite()
    const { held, rest } = await begun(site)
    const secret = world.login(site, 'dumper').password.expose()
    const [running] = await toolProcesses()
    expect(running?.commandLine).toContain('--snapshot=')
    expect(running?.commandLine).not.toContain(secret)
    await world.server.endSessions(site.session)
    const error: unknown = await rest().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'DriverError', kind: 'unavailable' })
    expect(String(error)).not.toContain(secret)
    await held.close()
  })

  test('by the end of its session (endSessions of a new owner) fails, and is not a short success', async () => {
    const site = await bigSite()
    const { held, rest } = await begun(site)
    // The snapshot's session and pg_dump's.
    expect(await world.server.endSessions(site.session)).toBe(2)
    await expect(rest()).rejects.toMatchObject({ kind: 'unavailable' })
    await held.close()
  })

  test('by kill -9 of our own process ends too: it does not outlive us', async () => {
    const site = await bigSite()
    const program = spawn(process.execPath, [fileURLToPath(new URL('./testing/stalled-dump.ts', import.meta.url))], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    const { password, ...login } = world.login(site, 'dumper')
    const secrets = { provisioner: cluster.provisioner.password?.expose(), password: password.expose() }
    const { host, user } = cluster.provisioner
    program.stdin.end(JSON.stringify({ host, user, login, secrets, tools: await cluster.tools() }))
    await once(program.stdout, 'data')
    expect(await toolProcesses()).toHaveLength(1)
    program.kill('SIGKILL')
    await eventually(async () => (await toolProcesses()).length === 0, { timeoutMs: 5_000 })
    await eventually(async () => (await sessionsOf(site, login.user)).length === 0, { timeoutMs: 5_000 })
  })

  test('by kill -9 of its server process fails, and is not a short success', async () => {
    const own = await privateCluster()
    try {
      const other = await siteWorld(own)
      const site = await other.site()
      await own.query(
        other.as(site, 'owner', 'platen_site_owner'),
        `create table special.filler as select n, (select string_agg(md5(random()::text || n || i), '') from generate_series(1, 8) i) as t from generate_series(1, 60000) n;
         grant select on special.filler to platen_site_dumper`,
      )
      const held = await other.server.exportSnapshot(site.name, { session: site.session })
      const login = other.login(site, 'dumper')
      const pieces = other.server.dump({ ...login, snapshot: held.snapshot })[Symbol.asyncIterator]()
      await pieces.next()
      const [backend] = await own.query(
        own.superuser,
        `select pid from pg_stat_activity where usename = '${login.user}'`,
      )
      process.kill(Number(backend?.['pid']), 'SIGKILL')
      const rest = async (): Promise<void> => {
        while (!(await pieces.next()).done);
      }
      await expect(rest()).rejects.toMatchObject({ kind: 'unavailable', retryable: true })
      await held.close()
      await eventually(async () => (await other.server.check()).ok, { timeoutMs: 20_000 })
      await other.server.close()
    } finally {
      await own.remove()
    }
  }, 90_000)
})

describe('a restore', () => {
  test('as a role that may do too much, or owns no sites, is refused', async () => {
    const target = await world.empty()
    const archive = () => Readable.from([randomBytes(100)])
    const login = world.login(target, 'owner')
    const strong = { ...login, user: cluster.superuser.user, archive: archive() }
    await expect(world.server.restore(strong)).rejects.toMatchObject({
      kind: 'refused',
      message: expect.stringContaining('too much'),
    })
    const app = { ...world.login(target, 'app'), archive: archive() }
    await expect(world.server.restore(app)).rejects.toMatchObject({ kind: 'refused' })
    const nobody = { ...login, user: 'nobody', archive: archive() }
    await expect(world.server.restore(nobody)).rejects.toMatchObject({ kind: 'not-found' })
  })

  test('of an archive cut anywhere fails and leaves the database empty', async () => {
    const { archive } = await backUp(await filledSite(5))
    const target = await world.empty()
    for (const share of [0, 0.1, 0.5, 0.9, 0.999]) {
      const cut = archive.subarray(0, Math.floor(archive.length * share))
      const restoring = world.server.restore({ ...world.login(target, 'owner'), archive: Readable.from([cut]) })
      await expect(restoring, `cut at ${share}`).rejects.toMatchObject({ name: 'DriverError' })
    }
    await world.server.restore({ ...world.login(target, 'owner'), archive: Readable.from([archive]) })
  })

  test('does not commit before the end of the archive was found genuine, however long that takes', async () => {
    const { archive } = await backUp(await filledSite(5))
    const target = await world.empty()
    const lateFailure = Readable.from(
      (async function* () {
        yield archive.subarray(0, -10)
        yield archive.subarray(-10)
        // Long enough for pg_restore to end, if it had everything.
        const hasEnded = async (): Promise<boolean> => (await toolProcesses()).length === 0
        await eventually(hasEnded, { timeoutMs: 1_500 }).catch(() => {})
        throw new RangeError('not as listed')
      })(),
    )
    const login = world.login(target, 'owner')
    await expect(world.server.restore({ ...login, archive: lateFailure })).rejects.toThrow('not as listed')
    await world.server.restore({ ...login, archive: Readable.from([archive]) })
  })

  test('that is aborted leaves the database empty and no session', async () => {
    const { archive } = await backUp(await filledSite(5))
    const target = await world.empty()
    const controller = new AbortController()
    // Stalls in the middle, as a dead object store would.
    const stalling = new Readable({ read() {} })
    stalling.push(archive.subarray(0, archive.length / 2))
    const login = world.login(target, 'owner')
    const restoring = world.server.restore({ ...login, archive: stalling }, { signal: controller.signal })
    const refused = expect(restoring).rejects.toMatchObject({ kind: 'unavailable' })
    await eventually(async () => (await toolProcesses()).length > 0)
    controller.abort()
    await refused
    expect(stalling.destroyed).toBe(true)
    await eventually(async () => (await sessionsOf(target, login.user)).length === 0)
    await world.server.restore({ ...login, archive: Readable.from([archive]) })
  })

  test('whose error holds a row keeps the row out of the message', async () => {
    const site = await filledSite(5)
    const { archive } = await backUp(site)
    const target = await world.empty()
    // The server's DETAIL of a violated constraint shows the row; this is such a DETAIL.
    await cluster.query(
      world.superuserIn(target),
      `create function public.refuse() returns event_trigger language plpgsql as $$ begin
         raise exception 'not today' using detail = 'Key (email)=(zoe@example.org)'; end $$;
       create event trigger refuse on ddl_command_end when tag in ('CREATE TABLE') execute function public.refuse()`,
    )
    const error: unknown = await world.server
      .restore({ ...world.login(target, 'owner'), archive: Readable.from([archive]) })
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'DriverError', message: expect.stringContaining('ERROR:  not today') })
    expect(String(error)).not.toContain('zoe@example.org')
  })
})

test('200 MB are dumped, sealed, opened and restored with flat memory', async () => {
  const site = await world.site()
  await cluster.query(
    world.as(site, 'owner', 'platen_site_owner'),
    `create table special.filler as select n, (select string_agg(md5(random()::text || n || i), '') from generate_series(1, 16) i) as t from generate_series(1, 370000) n;
     grant select on special.filler to platen_site_dumper`,
  )
  const sizeBytes = await world.server.databaseSize(site.name)
  expect(sizeBytes).toBeGreaterThan(200e6)
  const directory = await temporaryDirectory()
  const file = join(directory.path, 'dump')
  const key = createSecretKey(randomBytes(32))
  const before = process.memoryUsage.rss()
  let peak = before
  const watch = () =>
    new Transform({
      transform(chunk: Buffer, _encoding, done) {
        peak = Math.max(peak, process.memoryUsage.rss())
        done(null, chunk)
      },
    })
  const startedAtMs = performance.now()
  const held = await world.server.exportSnapshot(site.name, { session: site.session })
  const sealing = sealStream(key, { context: 'test' })
  const dump = world.server.dump({ ...world.login(site, 'dumper'), snapshot: held.snapshot })
  await pipeline(dump, watch(), sealing, createWriteStream(file))
  await held.close()
  const dumpedAtMs = performance.now()
  const target = await world.empty()
  const opening = openStream(key, { context: 'test', expected: sealing.sums })
  const archive = createReadStream(file).pipe(opening).pipe(watch())
  await world.server.restore({ ...world.login(target, 'owner'), archive })
  const restoredAtMs = performance.now()
  const same = `select count(*)::int as n, sum(hashtextextended(t::text, 0)::numeric)::text as d from special.filler t`
  expect(await cluster.query(world.superuserIn(target), same)).toEqual(
    await cluster.query(world.superuserIn(site), same),
  )
  const rate = (fromMs: number, toMs: number): string => `${(sizeBytes / 1e3 / (toMs - fromMs)).toFixed(0)} MB/s`
  console.log(
    `${(sizeBytes / 1e6).toFixed(0)} MB database, ${((await stat(file)).size / 1e6).toFixed(0)} MB sealed: ` +
      `dumped and sealed ${rate(startedAtMs, dumpedAtMs)}, opened and restored ${rate(dumpedAtMs, restoredAtMs)}, ` +
      `RSS ${(before / 1e6).toFixed(0)} MB before, ${(peak / 1e6).toFixed(0)} MB at most`,
  )
  expect(peak - before).toBeLessThan(120e6)
  await directory.remove()
}, 180_000)
