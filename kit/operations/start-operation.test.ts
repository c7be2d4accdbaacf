import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { ProblemError } from '../problems/index.ts'
import { inTransaction, rows, sql, withScope, type Db, type Scope } from '../sql/index.ts'
import { expectSchemaFile, type TestDatabase } from '../testing/index.ts'
import {
  cancelOperation,
  listOperations,
  operationList,
  operationsMigrations,
  readOperation,
  readOperationLog,
  startOperation,
} from './index.ts'
import { buildToy, toyDatabase } from './testing/toy.ts'

let database: TestDatabase
let api: Db
let worker: Db
const tenantId = newId()
const otherTenantId = newId()

beforeAll(async () => {
  database = await toyDatabase()
  api = database.connect('platen_api', { max: 10 })
  worker = database.connect('platen_worker')
})
afterAll(() => database.drop())

function start(
  db: Db,
  {
    subject = newId(),
    tenant = tenantId,
    scope = { tenantId: tenant ?? '' },
  }: { subject?: string; tenant?: string | null; scope?: Scope } = {},
): Promise<string> {
  return withScope(db, scope, (tx) =>
    startOperation(tx, {
      definition: buildToy,
      input: { name: 'x' },
      subject: { kind: 'site', id: subject, label: 'shop' },
      tenantId: tenant,
      actorId: 'me',
      actorLabel: 'Me',
    }),
  )
}

describe('starting', () => {
  test('writes the operation, its steps and the nudge in one transaction', async () => {
    const id = await start(api)
    const view = await withScope(api, { tenantId }, (tx) => readOperation(tx, id))
    expect(view).toMatchObject({
      id,
      type: 'build-toy',
      state: 'pending',
      tenantId,
      subject: { kind: 'site', label: 'shop' },
      actor: { id: 'me', label: 'Me' },
      progress: 0,
      problem: null,
      startedAt: null,
      endedAt: null,
      cancellable: true,
    })
    expect(view?.steps.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'reserve-name pending',
      'make-folder pending',
      'write-greeting pending',
      'open-door pending',
    ])
    const nudges = await rows(
      database.db,
      sql`select from graphile_worker._private_jobs where payload->'payload'->>'id' = ${id}`,
    )
    expect(nudges).toHaveLength(1)
  })

  test('leaves nothing when the caller rolls back', async () => {
    const subject = newId()
    const failing = withScope(api, { tenantId }, async (tx) => {
      await startOperation(tx, {
        definition: buildToy,
        input: { name: 'x' },
        subject: { kind: 'site', id: subject },
        tenantId,
        actorId: null,
      })
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await rows(database.db, sql`select from operations.operations where subject_id = ${subject}`)).toEqual([])
  })

  test('is refused for an input that does not fit', async () => {
    const bad = { name: 1 } as unknown as { name: string } // what a caller without types may send
    const starting = withScope(api, { tenantId }, (tx) =>
      startOperation(tx, {
        definition: buildToy,
        input: bad,
        subject: { kind: 'site', id: newId() },
        tenantId,
        actorId: null,
      }),
    )
    await expect(starting).rejects.toThrow(/expected string/)
  })

  test('of 50 operations on one subject at once begins one, and names it to the others', async () => {
    const subject = newId()
    const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => start(api, { subject })))
    const started = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
    const refusals = outcomes.flatMap((outcome) =>
      outcome.status === 'rejected' ? [outcome.reason as ProblemError] : [],
    ) // asserted below
    expect(started).toHaveLength(1)
    expect(refusals).toHaveLength(49)
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(ProblemError)
      expect(refusal.toJSON()).toMatchObject({
        code: 'operation-in-progress',
        status: 409,
        operation: { id: started[0], type: 'build-toy', state: 'pending' },
      })
    }
  })

  test('is possible again once the operation before has ended', async () => {
    const subject = newId()
    const first = await start(api, { subject })
    await sql`update operations.operations set state = 'succeeded', ended_at = now() where id = ${first}`.execute(
      database.db,
    )
    await expect(start(api, { subject })).resolves.not.toBe(first)
  })
})

describe('row-level security', () => {
  test('hides another tenant from reading, listing, the log and cancelling', async () => {
    const id = await start(api)
    await sql`insert into operations.log_lines (operation_id, tenant_id, message) values (${id}, ${tenantId}, 'hello')`.execute(
      database.db,
    )
    const seenBy = (scope: object): Promise<unknown> =>
      withScope(api, scope, async (tx) => ({
        one: (await readOperation(tx, id))?.id,
        listed: (await listOperations(tx, operationList.query.parse({ limit: '200' }))).items.some(
          (item) => item.id === id,
        ),
        log: (await readOperationLog(tx, id)).map((line) => line.message),
      }))
    const everything = { one: id, listed: true, log: ['hello'] }
    const nothing = { one: undefined, listed: false, log: [] }
    expect(await seenBy({ tenantId })).toEqual(everything)
    expect(await seenBy({ operator: true })).toEqual(everything)
    expect(await seenBy({ tenantId: otherTenantId })).toEqual(nothing)
    expect(await seenBy({})).toEqual(nothing)
    await expect(withScope(api, { tenantId: otherTenantId }, (tx) => cancelOperation(tx, id, null))).rejects.toThrow(
      'operation-not-found',
    )
  })

  test('hides operations of the platform from every tenant', async () => {
    const id = await start(api, { tenant: null, scope: { operator: true } })
    expect(await withScope(api, { tenantId }, (tx) => readOperation(tx, id))).toBeUndefined()
    expect(await withScope(api, { operator: true }, (tx) => readOperation(tx, id))).toMatchObject({
      id,
      tenantId: null,
    })
  })

  test('refuses to start an operation in the name of another tenant or of the platform', async () => {
    await expect(start(api, { scope: { tenantId: otherTenantId } })).rejects.toThrow(/row-level security/)
    await expect(start(api, { tenant: null, scope: { tenantId } })).rejects.toThrow(/row-level security/)
  })

  test('holds for the worker role as well when it has a tenant', async () => {
    const id = await start(api)
    expect(await withScope(worker, { tenantId: otherTenantId }, (tx) => readOperation(tx, id))).toBeUndefined()
  })
})

test('the API role cannot write what workers record', async () => {
  const id = await start(api)
  const forge = withScope(api, { tenantId }, (tx) =>
    sql`update operations.operations set state = 'succeeded', ended_at = now() where id = ${id}`.execute(tx),
  )
  await expect(forge).rejects.toThrow(/permission denied/)
})

test('a list is cut into pages, newest first', async () => {
  const subject = newId()
  const ids: string[] = []
  for (let index = 0; index < 5; index += 1) {
    const id = await start(api, { subject })
    ids.unshift(id)
    await sql`update operations.operations set state = 'failed', ended_at = now() where id = ${id}`.execute(database.db)
  }
  const read: string[] = []
  let cursor: string | null = null
  do {
    const page = await inTransaction(database.db, (tx) =>
      listOperations(
        tx,
        operationList.query.parse({ 'filter[subject]': subject, limit: '2', ...(cursor === null ? {} : { cursor }) }),
      ),
    )
    read.push(...page.items.map((item) => item.id))
    cursor = page.nextCursor
  } while (cursor !== null)
  expect(read).toEqual(ids)
})

test('the committed schema.sql is what the migrations make', () =>
  expectSchemaFile(database.db, operationsMigrations, ['operations']))
