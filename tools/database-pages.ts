// docs/reference/database-*.md: one page per schema, read from the catalogs of a database that the migrations have just made. What a
// table is for is the comment above its CREATE TABLE in the migrations.
import { readdir, readFile } from 'node:fs/promises'
import { siteDatabaseOptions } from '../bench/testing/site.ts'
import { rows, sql, type Db, type MigrationSet } from '../kit/sql/index.ts'
import { testDatabase, type TestDatabaseOptions } from '../kit/testing/index.ts'
import { managerDatabaseOptions } from '../manager/testing/platform.ts'
import { markdownTable } from './markdown-table.ts'

const plane = 'the control plane'
const site = 'every site'
/** Which schema is read where; graphile_worker is the library's own and has no page. */
const schemas = [
  { schema: 'manager', options: managerDatabaseOptions, places: plane, about: 'Tenants, sites and what runs them.' },
  { schema: 'operations', options: managerDatabaseOptions, places: plane, about: 'Operations and their steps.' },
  {
    schema: 'identity',
    options: managerDatabaseOptions,
    places: `${plane} and ${site}`,
    about: 'People, roles, sessions, audit.',
  },
  {
    schema: 'outbox',
    options: managerDatabaseOptions,
    places: `${plane} and ${site}`,
    about: 'Events and their deliveries.',
  },
  {
    schema: 'jobs',
    options: managerDatabaseOptions,
    places: `${plane} and ${site}`,
    about: 'Background jobs as people see them; their queue is `graphile_worker`.',
  },
  { schema: 'commerce', options: siteDatabaseOptions, places: site, about: 'Products, stock, customers, orders.' },
] as const

interface Column {
  table: string
  name: string
  type: string
  required: boolean
  default: string | null
  comment: string | null
  primary: boolean
}

interface Reference {
  table: string
  columns: string[]
  target: string
  targetColumns: string[]
}

interface Table {
  name: string
  comment: string | null
  partitioned: boolean
  forced: boolean
  policies: string[]
}

/** The pages, with paths from the root of the repository. Needs the PostgreSQL of the tests. */
export async function databasePages(generatedNote: string): Promise<{ path: string; text: string }[]> {
  const pages: { path: string; text: string }[] = []
  for (const options of [managerDatabaseOptions, siteDatabaseOptions]) {
    const database = await testDatabase(options)
    try {
      for (const one of schemas.filter((candidate) => candidate.options === options))
        pages.push({
          path: `docs/reference/database-${one.schema}.md`,
          text: `${generatedNote}\n\n${await pageOf(database.db, one.schema, one.places, one.about, options)}\n`,
        })
    } finally {
      await database.drop()
    }
  }
  return pages
}

async function pageOf(
  db: Db,
  schema: string,
  places: string,
  about: string,
  { sets }: TestDatabaseOptions,
): Promise<string> {
  const [tables, columns, references] = [
    await tablesOf(db, schema),
    await columnsOf(db, schema),
    await referencesOf(db, schema),
  ]
  const meanings = await meaningsOf(sets)
  const sections = tables.map((table) => {
    const meaning = table.comment ?? meanings.get(`${schema}.${table.name}`)
    const own = columns.filter((column) => column.table === table.name)
    return [`## ${table.name}`, meaning, securityOf(table), columnTable(own, references)].filter(Boolean).join('\n\n')
  })
  return `# Database: ${schema}

${about} In the database of ${places}.

How it changes: [add a migration](../develop/add-a-migration.md). Who sees which row: [tenancy](../develop/tenancy.md). The diagram shows
keys only.

${diagram(tables, columns, references)}

${sections.join('\n\n')}`
}

function diagram(tables: Table[], columns: Column[], references: Reference[]): string {
  const isForeign = ({ table, name }: Column) =>
    references.some((one) => one.table === table && one.columns.includes(name))
  const entities = tables.flatMap(({ name }) => {
    const keys = columns.filter((column) => column.table === name && (column.primary || isForeign(column)))
    const marks = (column: Column) => [column.primary && 'PK', isForeign(column) && 'FK'].filter(Boolean).join(', ')
    return [
      `  ${name} {`,
      ...keys.map((key) => `    ${key.type.replaceAll(/[ ,]/g, '_')} ${key.name} ${marks(key)}`),
      '  }',
    ]
  })
  const arrows = references
    .filter(({ target }) => !target.includes('.'))
    .map(({ table, columns: [...names], target }) => `  ${target} ||--o{ ${table} : "${names.join(', ')}"`)
  return ['```mermaid', 'erDiagram', ...arrows, ...entities, '```'].join('\n')
}

function securityOf({ forced, partitioned, policies }: Table): string {
  const security = forced
    ? `Row-level security, forced: ${policies.map((name) => `\`${name}\``).join(', ')}.`
    : 'No row-level security.'
  return partitioned ? `Partitioned. ${security}` : security
}

function columnTable(columns: Column[], references: Reference[]): string {
  const keysOf = (column: Column) => {
    const targets = references
      .filter((one) => one.table === column.table && one.columns.includes(column.name))
      .map((one) => `-> ${one.target}.${one.targetColumns[one.columns.indexOf(column.name)]}`)
    return [...(column.primary ? ['primary'] : []), ...new Set(targets)].join(', ')
  }
  const head = ['Column', 'Type', 'Required', 'Default', 'Key']
  const hasComments = columns.some(({ comment }) => comment !== null)
  return markdownTable(
    hasComments ? [...head, 'Meaning'] : head,
    columns.map((column) => [
      `\`${column.name}\``,
      column.type,
      column.required ? 'yes' : '',
      column.default === null ? '' : `\`${column.default}\``,
      keysOf(column),
      ...(hasComments ? [column.comment ?? ''] : []),
    ]),
  )
}

/** By `schema.table`: the comment lines right above its last CREATE TABLE. */
async function meaningsOf(sets: readonly MigrationSet[]): Promise<Map<string, string>> {
  const meanings = new Map<string, string>()
  for (const { directory } of sets) {
    const files = (await readdir(directory)).filter((name) => /^\d{4}_.*\.sql$/.test(name)).toSorted()
    for (const file of files) {
      const text = await readFile(new URL(file, directory), 'utf8')
      for (const [, comment = '', name = ''] of text.matchAll(/^((?:--.*\n)+)CREATE TABLE (\w+\.\w+) \(/gim))
        meanings.set(name, comment.replaceAll(/^-- ?/gm, '').trim())
    }
  }
  return meanings
}

const tablesOf = (db: Db, schema: string) =>
  rows(
    db,
    sql<Table>`
      SELECT c.relname AS name, obj_description(c.oid, 'pg_class') AS comment, c.relkind = 'p' AS partitioned,
        c.relrowsecurity AND c.relforcerowsecurity AS forced,
        ARRAY(SELECT polname::text FROM pg_policy WHERE polrelid = c.oid ORDER BY 1) AS policies
      FROM pg_class c
      WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`,
  )

const columnsOf = (db: Db, schema: string) =>
  rows(
    db,
    sql<Column>`
      SELECT c.relname AS table, a.attname AS name, a.attnotnull AS required, col_description(c.oid, a.attnum) AS comment,
        replace(format_type(a.atttypid, a.atttypmod), 'timestamp with time zone', 'timestamptz') AS type,
        pg_get_expr(d.adbin, d.adrelid) AS default,
        EXISTS (SELECT FROM pg_constraint k WHERE k.conrelid = c.oid AND k.contype = 'p' AND a.attnum = ANY (k.conkey)) AS primary
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
      WHERE c.relnamespace = ${schema}::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      ORDER BY 1, a.attnum`,
  )

/** Targets of another schema keep its name. */
const referencesOf = (db: Db, schema: string) =>
  rows(
    db,
    sql<Reference>`
      SELECT c.relname AS table,
        CASE WHEN t.relnamespace = c.relnamespace THEN t.relname ELSE t.relnamespace::regnamespace || '.' || t.relname END AS target,
        ARRAY(SELECT attname::text FROM unnest(k.conkey) WITH ORDINALITY u (number, place)
          JOIN pg_attribute ON attrelid = c.oid AND attnum = number ORDER BY place) AS columns,
        ARRAY(SELECT attname::text FROM unnest(k.confkey) WITH ORDINALITY u (number, place)
          JOIN pg_attribute ON attrelid = t.oid AND attnum = number ORDER BY place) AS "targetColumns"
      FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class t ON t.oid = k.confrelid
      WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relnamespace = ${schema}::regnamespace ORDER BY 1, k.conname`,
  )
