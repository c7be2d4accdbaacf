// A deterministic dump of what migrations made, as SQL for people to read and for a test to compare. Not pg_dump, because that is not
// on every machine and prints the version of the day. Owners are left out: they differ between a site database and a test.
import { sql, type RawBuilder } from 'kysely'
import type { Db, Tx } from './database.ts'
import { rows } from './rows.ts'
import { inTransaction } from './transactions.ts'

interface Line {
  /** Qualified name of the table, view or function that the text belongs to; sorts the dump. */
  object: string
  text: string
}

/** Everything in the given schemas: types, sequences, tables with constraints, indexes, policies and triggers, views, functions, grants. */
export async function describeSchema(db: Db, schemas: readonly string[]): Promise<string> {
  return inTransaction(db, async (tx) => {
    // Makes the server qualify every name that it prints.
    await sql`set local search_path = ''`.execute(tx)
    const names = [...schemas]
    const [head, relations, functions] = [
      await read(tx, [schemaLines(names), enumLines(names), domainLines(names), sequenceLines(names)]),
      await read(tx, [
        tableLines(names),
        viewLines(names),
        constraintLines(names),
        indexLines(names),
        securityLines(names),
        policyLines(names),
        triggerLines(names),
        relationGrantLines(names),
        columnGrantLines(names),
      ]),
      await read(tx, [functionLines(names), functionGrantLines(names)]),
    ]
    return `${[...head, ...relations, ...functions].join('\n\n')}\n`
  })
}

/** One paragraph per object, in the order of the queries within it. */
async function read(tx: Tx, queries: RawBuilder<Line>[]): Promise<string[]> {
  const paragraphs = new Map<string, string[]>()
  for (const query of queries) {
    for (const { object, text } of await rows(tx, query))
      paragraphs.set(object, [...(paragraphs.get(object) ?? []), text])
  }
  return [...paragraphs].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, texts]) => texts.join('\n'))
}

function schemaLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select ' ' || nspname as object, format('create schema %I;', nspname) ||
      coalesce((
        select string_agg(format(E'\ngrant %s on schema %I to %s;', privileges, nspname, grantee), '' order by grantee)
        from (
          select case a.grantee when 0 then 'public' else a.grantee::regrole::text end as grantee,
                 string_agg(lower(a.privilege_type), ', ' order by a.privilege_type) as privileges
          from aclexplode(n.nspacl) a where a.grantee <> n.nspowner group by a.grantee
        ) granted
      ), '') as text
    from pg_catalog.pg_namespace n where nspname = any(${schemas}) order by nspname`
}

function enumLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select t.oid::regtype::text as object,
      format('create type %s as enum (%s);', t.oid::regtype,
        (select string_agg(quote_literal(enumlabel), ', ' order by enumsortorder) from pg_catalog.pg_enum where enumtypid = t.oid)) as text
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'e' and nspname = any(${schemas}) order by 1`
}

function domainLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select t.oid::regtype::text as object,
      format('create domain %s as %s%s%s;', t.oid::regtype, format_type(t.typbasetype, t.typtypmod),
        case when t.typnotnull then ' not null' else '' end,
        coalesce((select string_agg(format(' constraint %I %s', conname, pg_get_constraintdef(c.oid)), '' order by conname)
          from pg_catalog.pg_constraint c where contypid = t.oid and contype = 'c'), '')) as text
    from pg_catalog.pg_type t join pg_catalog.pg_namespace n on n.oid = t.typnamespace
    where t.typtype = 'd' and nspname = any(${schemas}) order by 1`
}

// Sequences of identity columns are part of their column.
function sequenceLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      format('create sequence %s as %s start %s increment %s;', c.oid::regclass, format_type(s.seqtypid, null), s.seqstart, s.seqincrement) as text
    from pg_catalog.pg_sequence s join pg_catalog.pg_class c on c.oid = s.seqrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where nspname = any(${schemas})
      and not exists (select from pg_catalog.pg_depend d where d.objid = c.oid and d.deptype = 'i' and d.classid = 'pg_catalog.pg_class'::regclass)
    order by 1`
}

function tableLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      case when c.relispartition
        then format('create table %s partition of %s %s;', c.oid::regclass,
          (select inhparent::regclass from pg_catalog.pg_inherits where inhrelid = c.oid), pg_get_expr(c.relpartbound, c.oid))
        else format(E'create table %s (\n  %s\n)%s;', c.oid::regclass,
          coalesce(string_agg(
            format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) ||
            case when a.attcollation <> t.typcollation then format(' collate %s', a.attcollation::regcollation) else '' end ||
            case when a.attnotnull then ' not null' else '' end ||
            case a.attidentity when 'a' then ' generated always as identity' when 'd' then ' generated by default as identity' else '' end ||
            case
              when a.attgenerated <> '' then format(' generated always as (%s)%s', pg_get_expr(d.adbin, d.adrelid), case a.attgenerated when 's' then ' stored' else '' end)
              when d.adbin is not null then format(' default %s', pg_get_expr(d.adbin, d.adrelid))
              else '' end,
            E',\n  ' order by a.attnum), ''),
          case when c.relkind = 'p' then format(' partition by %s', pg_get_partkeydef(c.oid)) else '' end)
      end as text
    from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      left join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_type t on t.oid = a.atttypid
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where c.relkind in ('r', 'p') and nspname = any(${schemas})
    group by c.oid, c.relkind, c.relispartition, c.relpartbound order by 1`
}

function viewLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      format(E'create %s %s%s as\n%s', case c.relkind when 'm' then 'materialized view' else 'view' end, c.oid::regclass,
        case when c.reloptions is null then '' else format(' with (%s)', array_to_string(c.reloptions, ', ')) end,
        pg_get_viewdef(c.oid, true)) as text
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('v', 'm') and nspname = any(${schemas}) order by 1`
}

// PostgreSQL 18 lists NOT NULL among the constraints (contype n); the columns say it already.
function constraintLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.conrelid::regclass::text as object,
      format('alter table %s add constraint %I %s;', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)) as text
    from pg_catalog.pg_constraint c join pg_catalog.pg_namespace n on n.oid = c.connamespace
    where c.conrelid <> 0 and c.contype in ('p', 'u', 'c', 'f', 'x') and c.conparentid = 0 and nspname = any(${schemas})
    order by 1, array_position('{p,u,x,c,f}'::text[], c.contype::text), c.conname`
}

function indexLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select i.indrelid::regclass::text as object,
      pg_get_indexdef(i.indexrelid) || ';' || case when i.indisvalid then '' else ' -- INVALID' end as text
    from pg_catalog.pg_index i join pg_catalog.pg_class c on c.oid = i.indexrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where nspname = any(${schemas}) and not c.relispartition
      and not exists (select from pg_catalog.pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))
    order by 1, c.relname`
}

function securityLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      format('alter table %s enable row level security%s;', c.oid::regclass,
        case when c.relforcerowsecurity then ', force row level security' else '' end) as text
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relrowsecurity and nspname = any(${schemas}) order by 1`
}

function policyLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select p.polrelid::regclass::text as object,
      format('create policy %I on %s as %s for %s to %s', p.polname, p.polrelid::regclass,
        case when p.polpermissive then 'permissive' else 'restrictive' end,
        case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
        (select string_agg(case role when 0 then 'public' else role::regrole::text end, ', ' order by role::regrole::text) from unnest(p.polroles) role)) ||
      coalesce(E'\n  using (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') ||
      coalesce(E'\n  with check (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') || ';' as text
    from pg_catalog.pg_policy p join pg_catalog.pg_class c on c.oid = p.polrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where nspname = any(${schemas}) order by 1, p.polname`
}

function triggerLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select t.tgrelid::regclass::text as object, pg_get_triggerdef(t.oid) || ';' as text
    from pg_catalog.pg_trigger t join pg_catalog.pg_class c on c.oid = t.tgrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not t.tgisinternal and t.tgparentid = 0 and nspname = any(${schemas}) order by 1, t.tgname`
}

function relationGrantLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      format('grant %s on %s to %s;', string_agg(lower(a.privilege_type), ', ' order by a.privilege_type), c.oid::regclass,
        case a.grantee when 0 then 'public' else a.grantee::regrole::text end) as text
    from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace, aclexplode(c.relacl) a
    where c.relkind in ('r', 'p', 'v', 'm', 'S') and a.grantee <> c.relowner and nspname = any(${schemas})
    group by c.oid, a.grantee order by 1, 2`
}

function columnGrantLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select c.oid::regclass::text as object,
      format('grant %s (%I) on %s to %s;', lower(a.privilege_type), t.attname, c.oid::regclass,
        case a.grantee when 0 then 'public' else a.grantee::regrole::text end) as text
    from pg_catalog.pg_attribute t join pg_catalog.pg_class c on c.oid = t.attrelid join pg_catalog.pg_namespace n on n.oid = c.relnamespace,
      aclexplode(t.attacl) a
    where a.grantee <> c.relowner and nspname = any(${schemas}) order by 1, 2`
}

function functionLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select p.oid::regprocedure::text as object, rtrim(pg_get_functiondef(p.oid), E'\n') || ';' as text
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prokind in ('f', 'p') and nspname = any(${schemas}) order by 1`
}

function functionGrantLines(schemas: string[]): RawBuilder<Line> {
  return sql`
    select p.oid::regprocedure::text as object,
      case when p.proacl is null then format('-- anybody may execute %s', p.oid::regprocedure)
      else (
        select string_agg(format('grant execute on function %s to %s;', p.oid::regprocedure,
          case a.grantee when 0 then 'public' else a.grantee::regrole::text end), E'\n' order by a.grantee::regrole::text)
        from aclexplode(p.proacl) a where a.grantee <> p.proowner
      ) end as text
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prokind in ('f', 'p') and nspname = any(${schemas}) and (p.proacl is null or exists (select from aclexplode(p.proacl) a where a.grantee <> p.proowner))
    order by 1`
}
