import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId } from '../ids/index.ts'
import { sql, withScope, type Db } from '../sql/index.ts'
import type { TestDatabase } from '../testing/index.ts'
import { followOperation, OperationRunner, startOperation, type OperationView } from './index.ts'
import { toyDatabase, toyOperation, type ToyDeps } from './testing/toy.ts'

let database: TestDatabase
let worker: Db
const tenantId = newId()
const definition = toyOperation(
  'build-watched',
  ['one', 'two', 'three'].map((name) => ({
    name,
    run: () => new Promise((resolve) => setTimeout(resolve, 60)),
    undo: 'nothing-to-undo' as const,
  })),
)

beforeAll(async () => {
  database = await toyDatabase()
  worker = database.connect('platen_worker')
})
afterAll(() => database.drop())

function begin(): Promise<string> {
  return withScope(worker, { tenantId }, (tx) =>
    startOperation(tx, {
      definition,
      input: { name: 'x' },
      subject: { kind: 'site', id: newId() },
      tenantId,
      actorId: null,
    }),
  )
}

function newRunner(): OperationRunner<ToyDeps> {
  const connection = database.createConnection('platen_worker')
  return new OperationRunner({
    db: worker,
    connection,
    definitions: [definition],
    deps: { directory: '' },
    workerId: newId(),
  })
}

test('shows every change of an operation, quickly, and ends with it', async () => {
  const api = database.connect('platen_api')
  const id = await begin()
  const runner = newRunner()
  const views: OperationView[] = []
  for await (const view of followOperation(
    api,
    database.createConnection('platen_api'),
    id,
    AbortSignal.timeout(20_000),
    { tenantId },
  )) {
    if (views.push(view) === 1) void runner.run(id)
  }
  await runner.stop()
  expect(views.map((view) => `${view.state} ${view.progress.toFixed(2)}`)).toEqual([
    'pending 0.00',
    'running 0.00',
    'running 0.33',
    'running 0.67',
    'succeeded 1.00',
  ])
})

test('of another tenant shows nothing', async () => {
  const id = await begin()
  const api = database.connect('platen_api')
  const views = []
  for await (const view of followOperation(
    api,
    database.createConnection('platen_api'),
    id,
    AbortSignal.timeout(5_000),
    { tenantId: newId() },
  ))
    views.push(view)
  expect(views).toEqual([])
})

test('ends when the follower goes away', async () => {
  const id = await begin()
  const gone = new AbortController()
  let seen = 0
  for await (const _ of followOperation(database.db, database.connection, id, gone.signal)) {
    seen += 1
    setTimeout(() => gone.abort(), 20)
  }
  expect(seen).toBe(1)
})

test('goes on by polling when notifications do not arrive', { timeout: 20_000 }, async () => {
  const id = await begin()
  const nowhere = { ...database.connection, database: `${database.name}_missing` }
  const states: string[] = []
  for await (const view of followOperation(database.db, nowhere, id, AbortSignal.timeout(10_000))) {
    states.push(view.state)
    await sql`update operations.operations set state = 'failed', ended_at = now() where id = ${id} and ended_at is null`.execute(
      database.db,
    )
  }
  expect(states).toEqual(['pending', 'failed'])
})
