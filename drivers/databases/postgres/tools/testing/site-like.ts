// A database like a site's: the real migrations of identity, the outbox and commerce, and a schema with what they do not use
// (yet): generated and identity columns, bytea, enums, domains, partitions, views, row-level security with content.
import { randomUUID } from 'node:crypto'
import { outboxMigrations } from '@platen/kit/outbox'
import { clientConfig, migrate, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import { aSiteRequest } from '../../../conformance.ts'
import type { SiteDatabaseRequest, SiteRoleKind } from '../../../contract.ts'
import { PostgresDatabaseServer } from '../../driver.ts'
import type { PrivateCluster } from '../../testing/private-cluster.ts'

export const siteTemplate = 't_00000000000517e5'

// By folder and not by import: a driver knows no app, and a dump must hold whatever one brings.
const appSets = [
  outboxMigrations,
  { name: 'identity', directory: new URL('../../../../../identity/migrations/', import.meta.url) },
  { name: 'commerce', directory: new URL('../../../../../business/commerce/migrations/', import.meta.url) },
]

const special = `
  create schema special;
  create type special.mood as enum ('fine', 'd''accord');
  create domain special.cents as bigint constraint cents_positive check (value >= 0);
  create table special.things (
    number int generated always as identity,
    tenant_id uuid not null,
    mood special.mood not null,
    price special.cents not null,
    twice bigint generated always as (price * 2) stored,
    picture bytea,
    amount numeric(20, 6),
    labels text[],
    document jsonb,
    constraint things_pkey primary key (number)
  );
  create table special.history (at date not null, thing int not null references special.things (number)) partition by range (at);
  create table special.history_2026 partition of special.history for values from ('2026-01-01') to ('2027-01-01');
  create table special.history_rest partition of special.history default;
  create view special.fine_things with (security_invoker) as select number, price from special.things where mood = 'fine';
  create index things_document_idx on special.things using gin (document);
  select platform.isolate_tenants('special.things');
  select platform.grant_to('{platen_site_app,platen_site_reader,platen_site_dumper}', 'usage', 'schema special');
  select platform.grant_to('{platen_site_app}', 'select, insert, update', 'all tables in schema special');
  select platform.grant_to('{platen_site_dumper}', 'select', 'all tables in schema special');
  select platform.grant_to('{platen_site_dumper}', 'select', 'all sequences in schema special');
  grant select (number, mood) on special.things to platen_site_reader;
  alter default privileges for role platen_site_owner in schema special grant select on tables to platen_site_reader;
  comment on table special.things is 'it''s special';`

export interface SiteWorld {
  server: PostgresDatabaseServer
  /** A fresh site from the template. */
  site(): Promise<SiteDatabaseRequest>
  /** A fresh database without content, to restore into. */
  empty(): Promise<SiteDatabaseRequest>
  as(request: SiteDatabaseRequest, kind: SiteRoleKind, role?: string): Connection
  /** What `dump` and `restore` want. */
  login(
    request: SiteDatabaseRequest,
    kind: SiteRoleKind,
  ): { database: string; user: string; password: SiteDatabaseRequest['roles'][number]['password']; session: string }
  superuserIn(request: SiteDatabaseRequest): Connection
}

export async function siteWorld(cluster: PrivateCluster): Promise<SiteWorld> {
  const server = new PostgresDatabaseServer(cluster.provisioner, cluster)
  await server.ensureTemplate(siteTemplate, async (connection) => {
    await migrate(connection, appSets, { role: 'platen_site_owner' })
    await cluster.query({ ...connection, role: 'platen_site_owner' }, special)
  })
  const make = async (template: string | null): Promise<SiteDatabaseRequest> => {
    const request = aSiteRequest({ template })
    await server.ensureSiteDatabase(request)
    return request
  }
  const roleOf = (request: SiteDatabaseRequest, kind: SiteRoleKind) => {
    const role = request.roles.find((candidate) => candidate.kind === kind)
    if (!role) throw new Error(`no ${kind}`)
    return role
  }
  return {
    server,
    site: () => make(siteTemplate),
    empty: () => make(null),
    as(request, kind, role) {
      const { name: user, password } = roleOf(request, kind)
      const connection = { ...server.endpoint, database: request.name, user, password, applicationName: 'test' }
      return role === undefined ? connection : { ...connection, role }
    },
    login(request, kind) {
      const { name: user, password } = roleOf(request, kind)
      return { database: request.name, user, password, session: request.session }
    },
    superuserIn: (request) => ({ ...cluster.superuser, database: request.name }),
  }
}

/** Rows in tables of all kinds; about `scale` times 40 rows, spread over two tenants. */
export function fillStatements(scale: number): string {
  const [one, two] = [randomUUID(), randomUUID()]
  return `
    insert into identity.accounts (id, email, name) select gen_random_uuid(), 'a' || n || '@example.org', 'Zoé ' || n from generate_series(1, ${scale}) n;
    insert into identity.users (id, tenant_id, account_id, email, name)
      select gen_random_uuid(), case when random() < 0.5 then '${one}' else '${two}' end::uuid, id, email, name from identity.accounts;
    insert into identity.user_roles (tenant_id, user_id, system_role) select tenant_id, id, 'gerant' from identity.users;
    insert into identity.audit_entries (id, tenant_id, actor_label, action, resource, changes)
      select gen_random_uuid(), case n % 3 when 0 then null when 1 then '${one}' else '${two}' end::uuid, 'l''acteur', 'x.y', 'r', jsonb_build_object('n', n)
      from generate_series(1, ${scale * 10}) n;
    insert into identity.tickets select decode(md5(n::text), 'hex'), a.id, '${one}', 'op', now(), now(), null
      from generate_series(1, ${scale}) n, (select id from identity.accounts limit 1) a;
    insert into commerce.products (id, sku, sku_key, name, kind, unit, vat_category, vat_rate, unit_price, currency, search_text, version, created_at, updated_at)
      select gen_random_uuid(), 'S' || n, 's' || n, E'tab\\tnew\\nline \\\\. ' || n, 'goods', 'C62', 'S', 20, n + 0.123456, 'EUR', 'x', 1, now(), now() from generate_series(1, ${scale * 10}) n;
    insert into commerce.stock_balances select id, '01990000-0000-7000-8000-000000000001', 5, 1 from commerce.products;
    insert into commerce.stock_movements (id, product_id, location_id, kind, quantity, actor_id, actor_label, created_at)
      select gen_random_uuid(), id, '01990000-0000-7000-8000-000000000001', 'receipt', 5, 'a', 'b', now() from commerce.products;
    select setval('commerce.order_numbers', 4711);
    insert into special.things (tenant_id, mood, price, picture, amount, labels, document)
      select case when n % 2 = 0 then '${one}' else '${two}' end::uuid, 'd''accord', n, decode(repeat(md5(n::text), 5), 'hex'), n / 7.0,
        array['é', null, 'a"b,{}'], jsonb_build_object('k', n, 'ü', null) from generate_series(1, ${scale * 10}) n;
    insert into special.history select case when number % 2 = 0 then '2026-05-05' else '2020-01-01' end::date, number from special.things;`
}

export interface Digest {
  name: string
  rows: number
  digest: string
}

/** Every table by the rule of the runtime (bench/src/runtime/digest-tables.ts), as a superuser: no policy hides a row. */
export async function digests(superuser: Connection, snapshot?: string): Promise<Digest[]> {
  const client = new pg.Client(clientConfig(superuser))
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    if (snapshot !== undefined) await client.query(`set transaction snapshot '${snapshot}'`)
    const tables = await client.query<{ name: string }>(
      `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1`,
    )
    const found: Digest[] = []
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ rows: number; digest: string }>(
        `select count(*)::int as rows, coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)::text as digest from ${name} t`,
      )
      found.push({ name, rows: rows[0]?.rows ?? -1, digest: rows[0]?.digest ?? '' })
    }
    return found
  } finally {
    await client.end()
  }
}
