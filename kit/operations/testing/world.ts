import { deepStrictEqual } from 'node:assert/strict'
import { newId } from '../../ids/index.ts'
import { sql, withScope, type Connection, type Db } from '../../sql/index.ts'
import { eventually } from '../../testing/index.ts'
import {
  isTerminal,
  OperationRunner,
  readOperation,
  startOperation,
  type Failpoints,
  type OperationDefinition,
  type OperationRunnerOptions,
  type OperationView,
} from '../index.ts'

/** What the harnesses need to know about an operation and the world it changes. */
export interface OperationWorld<Input, Deps> {
  definition: OperationDefinition<Input, Deps>
  /** Pool and settings of the worker role. */
  db: Db
  connection: Connection
  deps(): Deps
  /** A fresh input for each run, with names that no other run has. */
  input(): Input | Promise<Input>
  /** Starts the operation as the product does, and returns its id. Default: in an operator's scope, on a subject of its own. */
  start?(input: Input): Promise<string>
  /** Everything the operation may leave behind (rows, files, databases, routes), in a form that deepStrictEqual compares. */
  inventory(): Promise<unknown>
  /** Removes what a run that succeeded has made; with it the inventory is compared after such runs too. */
  cleanUp?(operationId: string, input: Input): Promise<void>
  /** Checks what a run that succeeded must have made. */
  verifyDone?(operationId: string, input: Input): Promise<void>
  runner?: Pick<OperationRunnerOptions<Deps>, 'onTakeover' | 'leaseMs' | 'log'>
  /** For one operation to end, default 30 s. */
  timeoutMs?: number
}

export async function startIn<Input, Deps>(world: OperationWorld<Input, Deps>, input: Input): Promise<string> {
  if (world.start !== undefined) return world.start(input)
  const { definition, db } = world
  return withScope(db, { operator: true }, (tx) =>
    startOperation(tx, { definition, input, subject: { kind: 'harness', id: newId() }, tenantId: null, actorId: null }),
  )
}

export interface RunVariant<Input, Deps> {
  definition?: OperationDefinition<Input, Deps>
  failpoints?: Failpoints
}

/** Runs an operation that has been started until it has ended, and stops the runner. */
export async function finish<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  id: string,
  variant: RunVariant<Input, Deps> = {},
): Promise<OperationView> {
  const runner = newRunner(world, variant)
  try {
    return await eventually(
      async () => {
        await runner.run(id)
        const view = await look(world, id)
        return isTerminal(view.state) ? view : undefined
      },
      { timeoutMs: world.timeoutMs ?? 30_000, describe: `the end of operation ${id}` },
    ).then(present)
  } finally {
    await runner.stop()
  }
}

export function newRunner<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  { definition = world.definition, failpoints }: RunVariant<Input, Deps>,
): OperationRunner<Deps> {
  const { db, connection, runner } = world
  return new OperationRunner({
    ...runner,
    db,
    connection,
    definitions: [definition],
    deps: world.deps(),
    workerId: `harness-${newId()}`,
    // No waiting between attempts.
    random: () => 0,
    ...(failpoints === undefined ? {} : { failpoints }),
  })
}

export async function look<Input, Deps>(world: OperationWorld<Input, Deps>, id: string): Promise<OperationView> {
  return present(await withScope(world.db, { operator: true }, (tx) => readOperation(tx, id)))
}

/** Gives the operation to whoever claims it next, as if its owner's lease had run out. */
export async function expireLease<Input, Deps>(world: OperationWorld<Input, Deps>, id: string): Promise<void> {
  await withScope(world.db, { operator: true }, (tx) =>
    sql`update operations.operations set lease_until = clock_timestamp() - interval '1 s' where id = ${id}`.execute(tx),
  )
}

export function assertUndone(view: OperationView, where: string): void {
  const steps = view.steps.map(({ name, state }) => ({ name, state }))
  const allowed = steps.map(({ name, state }) => ({ name, state: state === 'skipped' ? 'skipped' : 'undone' }))
  deepStrictEqual(
    { state: view.state, steps },
    { state: 'failed', steps: allowed },
    `${where}: the operation is not unwound`,
  )
}

export async function assertInventory<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  expected: unknown,
  where: string,
): Promise<void> {
  deepStrictEqual(await world.inventory(), expected, `${where}: the inventory is not what it was at the start`)
}

/** After a run that succeeded: checks it, cleans up, and compares if the world can. */
export async function settleDone<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  run: { id: string; input: Input; baseline: unknown; where: string },
): Promise<void> {
  await world.verifyDone?.(run.id, run.input)
  if (world.cleanUp === undefined) return
  await world.cleanUp(run.id, run.input)
  await assertInventory(world, run.baseline, `${run.where}, after cleaning up`)
}

/** Position of the pivot, or the number of steps: from there on failures do not unwind. */
export function reach<Input, Deps>({ definition }: OperationWorld<Input, Deps>): number {
  const pivot = definition.draft.steps.findIndex((step) => step.pivot === true)
  return pivot === -1 ? definition.draft.steps.length : pivot
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the operation is not to be seen')
  return value
}
