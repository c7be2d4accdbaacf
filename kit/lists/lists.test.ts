import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { newId } from '../ids/index.ts'
import { rows, sql } from '../sql/index.ts'
import { temporaryDirectory, testDatabase, type TemporaryDirectory, type TestDatabase } from '../testing/index.ts'
import { allowedQueryOf, defineList, searchPatterns, searchText } from './index.ts'

interface Thing {
  id: string
  name: string
  size: number | null
  at: Date
  state: string
  weight: string | null
}

let directory: TemporaryDirectory
let database: TestDatabase

const things = defineList({
  fields: {
    name: { type: 'text', column: sql`name`, sort: true },
    size: { type: 'number', column: sql`size`, sort: true, isNullable: true },
    weight: { type: 'number', column: sql`weight`, sort: true, isNullable: true },
    at: { type: 'time', column: sql`at`, sort: true },
    state: {
      type: 'enum',
      values: ['open', 'closed', 'gone'],
      column: sql`state`,
      sort: true,
      unlessFiltered: sql`state <> 'gone'`,
    },
    isBig: { type: 'boolean', column: sql`size > 2`, sort: true, isNullable: true },
    createdAt: { type: 'time', column: sql`at`, sort: 'as-created', filter: [] },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`id` },
  search: (text) => sql`name LIKE ALL (${searchPatterns(text)}::text[])`,
})

const read = (query: Record<string, unknown>) =>
  things.read(
    database.db,
    things.query.parse(query),
    ({ key, where, rest }) => sql<Thing>`SELECT *, ${key} FROM things WHERE ${where} ${rest}`,
  )

async function readAll(query: Record<string, unknown>): Promise<Thing[]> {
  const all: Thing[] = []
  for (let cursor: string | null | undefined = undefined; cursor !== null;) {
    const page: { items: Thing[]; nextCursor: string | null } = await read({
      ...query,
      ...(cursor === undefined ? {} : { cursor }),
    })
    all.push(...page.items)
    cursor = page.nextCursor
  }
  return all
}

beforeAll(async () => {
  directory = await temporaryDirectory()
  const folder = join(directory.path, 'migrations')
  await mkdir(folder)
  await writeFile(
    join(folder, '0001_create_things.sql'),
    `create table public.things (id uuid not null, name text not null, size int, weight double precision,
       at timestamptz not null, state text not null, constraint things_pkey primary key (id));`,
  )
  database = await testDatabase({
    template: 'kitlists',
    sets: [{ name: 'kitlists', directory: pathToFileURL(`${folder}/`) }],
  })
  // Many ties and nulls, microseconds, and names that mean something to LIKE, SQL and JSON.
  const names = ['a', 'B', 'é', "o'brien", '50%', 'a_b', 'back\\slash', '"quoted"', 'a,b', '']
  for (let index = 0; index < 60; index += 1)
    await sql`INSERT INTO things VALUES (${newId()}, ${names[index % names.length]}, ${index % 7 === 0 ? null : index % 4},
      ${index % 5 === 0 ? null : (index % 3) / 3}, timestamptz '2026-01-01' + ${index % 6} * interval '1 microsecond',
      ${['open', 'closed', 'gone'][index % 3]})`.execute(database.db)
})

afterAll(async () => {
  await database.drop()
  await directory.remove()
})

const sortable = ['name', 'size', 'weight', 'at', 'state', 'isBig', 'createdAt']
const sort = fc
  .uniqueArray(fc.constantFrom(...sortable), { minLength: 1, maxLength: 3 })
  .chain((names) => fc.tuple(...names.map((name) => fc.boolean().map((down) => (down ? `-${name}` : name)))))
  .map((keys) => keys.join(','))
const filters = fc.record(
  {
    'filter[state][in]': fc.subarray(['open', 'closed', 'gone'], { minLength: 1 }).map(String),
    'filter[size][gte]': fc.integer({ min: 0, max: 3 }).map(String),
    'filter[size][ne]': fc.integer({ min: 0, max: 3 }).map(String),
    'filter[isBig]': fc.constantFrom('true', 'false'),
    'filter[name][like]': fc.constantFrom('a', '%', '_', '\\', "'", '"'),
  },
  { requiredKeys: [] },
)

describe('a list', () => {
  test('gives over its pages what one query gives, whatever filters, sort and size of page', async () => {
    await fc.assert(
      fc.asyncProperty(filters, sort, fc.integer({ min: 1, max: 12 }), async (asked, order, limit) => {
        const whole = await read({ ...asked, sort: order, limit: '200' })
        expect(whole.nextCursor).toBeNull()
        expect(await readAll({ ...asked, sort: order, limit: String(limit) })).toEqual(whole.items)
      }),
      { numRuns: 150 },
    )
  })

  test('sorts as it says: nulls last both ways, ties by id', async () => {
    const id = (rowsOf: Thing[]): string[] => rowsOf.map((thing) => thing.id)
    const expected = await rows(
      database.db,
      sql<Thing>`SELECT * FROM things WHERE state <> 'gone' ORDER BY size DESC NULLS LAST, name, id`,
    )
    expect(id(await readAll({ sort: '-size,name', limit: '7' }))).toEqual(id(expected))
    const newest = await rows(database.db, sql<Thing>`SELECT * FROM things WHERE state <> 'gone' ORDER BY id DESC`)
    expect(id(await readAll({ limit: '7' }))).toEqual(id(newest))
  })

  test.each([
    [{ 'filter[name]': 'a' }, (thing: Thing) => thing.name === 'a'],
    [{ 'filter[name][ne]': 'a' }, (thing: Thing) => thing.name !== 'a'],
    [{ 'filter[name][in]': 'a,B' }, (thing: Thing) => thing.name === 'a' || thing.name === 'B'],
    [{ 'filter[name][like]': 'B' }, (thing: Thing) => /b/i.test(thing.name)],
    [{ 'filter[name][like]': '%' }, (thing: Thing) => thing.name.includes('%')],
    [{ 'filter[name][like]': '_' }, (thing: Thing) => thing.name.includes('_')],
    [
      { 'filter[size][gt]': '1', 'filter[size][lte]': '2.5' },
      (thing: Thing) => thing.size !== null && thing.size > 1 && thing.size <= 2.5,
    ],
    [{ 'filter[size][ne]': '1' }, (thing: Thing) => thing.size !== 1],
    [{ 'filter[at][lt]': '2026-01-01' }, () => false],
    [{ 'filter[at][gte]': '2026-01-01T01:00:00+01:00' }, () => true],
    [{ search: 'BACK' }, (thing: Thing) => thing.name.startsWith('back')],
  ])('%j finds what it says', async (query, matches) => {
    const all = await readAll({ limit: '200' })
    expect(await readAll({ ...query, limit: '200' })).toEqual(all.filter(matches))
  })

  test('shows what it hides by itself only to those who filter by it', async () => {
    expect((await readAll({})).some(({ state }) => state === 'gone')).toBe(false)
    expect(new Set((await readAll({ 'filter[state]': 'gone' })).map(({ state }) => state))).toEqual(new Set(['gone']))
  })
})

describe('a query', () => {
  const issues = (query: Record<string, unknown>) =>
    things.query.safeParse(query).error?.issues.map(({ path, message }) => [path.join(), message])

  test.each([
    { limit: '0' },
    { limit: '201' },
    { limit: ['1', '2'] },
    { sort: 'colour' },
    { sort: 'name,-name' },
    { sort: 'name,size,at,state' },
    { sort: 'name; drop table things' },
    { sort: '__proto__' },
    { sort: 'constructor' },
    { 'filter[colour]': 'red' },
    { 'filter[createdAt][gt]': '2026-01-01' },
    { 'filter[name][gt]': 'a' },
    { 'filter[name]': ['a', 'b'] },
    { 'filter[name]': 'x'.repeat(201) },
    { 'filter[name]': 'a\u0000' },
    { 'filter[name][in]': Array.from({ length: 51 }, String).join() },
    { 'filter[size]': '1; select' },
    { 'filter[size]': '1e400' },
    { 'filter[size]': 'NaN' },
    { 'filter[state]': 'happy' },
    { 'filter[at][gt]': '0000-01-01T00:00:00Z' },
    { 'filter[at][gt]': '2026-02-31' },
    { 'filter[at][gt]': 'infinity' },
    { cursor: 'x' },
    { cursor: 'x'.repeat(4001) },
    { 'filter[name][$ne]': 'a' },
    { colour: 'red' },
  ])('of row %# is refused', (query) => {
    expect(things.query.safeParse(query).success).toBe(false)
  })

  test('a cursor of another sort, filter, search or list is told apart from nonsense', async () => {
    const { nextCursor: cursor } = await read({ sort: 'name', 'filter[size][gte]': '1', limit: '2' })
    for (const other of [
      {},
      { sort: '-name', 'filter[size][gte]': '1' },
      { sort: 'name', 'filter[size][gte]': '2' },
      { sort: 'name', 'filter[size][gte]': '1', search: 'a' },
    ])
      expect(issues({ ...other, cursor })).toEqual([['cursor', expect.stringContaining('another query')]])
    expect(issues({ cursor: 'x' })).toEqual([['cursor', 'is not a cursor that this list gave']])
    expect((await read({ sort: 'name', 'filter[size][gte]': '1', limit: '9', cursor })).items).toHaveLength(9)
  })

  test('a forged cursor is refused or reads on, and never reaches the database as something else', async () => {
    const { nextCursor } = await read({ sort: 'size,at', limit: '2' })
    const [version, mark] = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString()) as unknown[]
    const key = fc.oneof(
      fc.string(),
      fc.constantFrom(
        null,
        '1',
        '1e999',
        '2026-13-01T00:00:00.000000Z',
        '0000-01-01T00:00:00.000000Z',
        'infinity',
        newId(),
        '\0',
      ),
      fc.integer(),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(key, { maxLength: 5 }), async (keys) => {
        const cursor = Buffer.from(JSON.stringify([version, mark, ...keys])).toString('base64url')
        const parsed = things.query.safeParse({ sort: 'size,at', cursor })
        if (parsed.success) await read({ sort: 'size,at', cursor })
      }),
    )
  })

  test('hostile text anywhere is refused or treated as text', async () => {
    const names = fc.oneof(
      fc.constantFrom('name', 'size', 'state', '__proto__', 'toString', 'name"', "name'--", 'name)'),
      fc.string(),
    )
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom("' OR 1=1 --", '"; drop table things', '${1}', '\\', '%%%', '\u202e'),
    )
    await fc.assert(
      fc.asyncProperty(
        names,
        fc.constantFrom('', '[in]', '[like]', '[ne]', "[eq]'"),
        text,
        text,
        async (name, operator, value, order) => {
          const query = { [`filter[${name}]${operator}`]: value, ...(order.length < 3 ? { sort: order } : {}) }
          if (things.query.safeParse(query).success) await read(query)
        },
      ),
      { numRuns: 300 },
    )
    expect((await read({})).items.length).toBeGreaterThan(0)
  })

  test('hostile text of 100 kB is refused in time that grows no faster than it', () => {
    for (const text of ['('.repeat(100_000), '-a,'.repeat(33_000), '1'.repeat(100_000), '\u0301'.repeat(100_000)]) {
      const started = performance.now()
      for (const key of [
        'sort',
        'cursor',
        'search',
        'filter[name]',
        'filter[size]',
        'filter[at][gt]',
        'filter[name][in]',
      ])
        expect(things.query.safeParse({ [key]: text }).success).toBe(false)
      expect(performance.now() - started).toBeLessThan(2_000)
    }
  })

  test('tells what is allowed', () => {
    expect(allowedQueryOf(things.query)).toMatchObject({
      filters: { name: ['eq', 'ne', 'in', 'like'], isBig: ['eq', 'in'] },
      sort: sortable,
      search: true,
    })
  })
})

describe('a definition', () => {
  const tieBreaker = { type: 'uuid', column: sql`id` } as const
  test('with a name that is no name, an enum without values or a default sort that cannot be sorted by is refused', () => {
    const text = { type: 'text', column: sql`x` } as const
    expect(() => defineList({ fields: { 'a]': text }, defaultSort: [], tieBreaker })).toThrow('called')
    expect(() => defineList({ fields: { a: { ...text, type: 'enum' } }, defaultSort: [], tieBreaker })).toThrow(
      'values',
    )
    expect(() => defineList({ fields: { a: text }, defaultSort: ['-a'], tieBreaker })).toThrow('default sort')
  })
})

test('search looks at words without accents, case or ligatures', () => {
  expect(searchText(['Crème Brûlée', null, ' Œuf  '])).toBe('creme brulee oeuf')
  expect(searchPatterns('50% off_')).toEqual(['%50\\%%', '%off\\_%'])
})
