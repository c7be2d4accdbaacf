import { deepStrictEqual } from 'node:assert/strict'
import { defineOperation, type Failpoint, type Failpoints, type OperationDefinition, type Step } from '../index.ts'
import {
  assertInventory,
  assertUndone,
  expireLease,
  finish,
  look,
  newRunner,
  reach,
  settleDone,
  startIn,
  type OperationWorld,
} from './world.ts'

/**
 * Fails each step for good, once before it did anything and once after it did everything: the operation must unwind, nothing may be
 * left. Behind the point of no return a failure must only delay.
 */
export async function failsAtEachStep<Input, Deps>(world: OperationWorld<Input, Deps>): Promise<void> {
  const unwinding = reach(world)
  for (const [position, step] of world.definition.draft.steps.entries()) {
    for (const at of ['before', 'after'] as const) {
      const where = `failing ${at} ${step.name}`
      // A pivot that has taken effect cannot be undone: there, and behind it, going on is the only way.
      const mustUnwind = position < unwinding || (position === unwinding && at === 'before')
      await runOnce(world, where, mustUnwind ? 'undone' : 'done', {
        failpoints: mustUnwind ? failing(step.name, at) : failingTwice(step.name, at),
      })
    }
  }
}

/** Runs each step twice in a row: the operation must succeed, and unwinding it must leave nothing. */
export async function repeatsEachStep<Input, Deps>(world: OperationWorld<Input, Deps>): Promise<void> {
  const { steps } = world.definition.draft
  await runOnce(world, 'running all steps twice', 'done', {
    definition: variantOf(world.definition, (step) => twiceRun(step)),
  })
  const last = steps[reach(world) - 1]
  if (last === undefined) return
  for (const repeated of steps.slice(0, reach(world))) {
    const definition = variantOf(world.definition, (step) => (step.name === repeated.name ? twiceRun(step) : step))
    await runOnce(world, `running ${repeated.name} twice, then unwinding`, 'undone', {
      definition,
      failpoints: failing(last.name, 'after'),
    })
  }
}

/** Unwinds with each undo called twice in a row. */
export async function repeatsEachUndo<Input, Deps>(world: OperationWorld<Input, Deps>): Promise<void> {
  const last = world.definition.draft.steps[reach(world) - 1]
  if (last === undefined) return
  const definition = variantOf(world.definition, (step) => twiceUndone(step))
  await runOnce(world, 'undoing all steps twice', 'undone', { definition, failpoints: failing(last.name, 'after') })
}

/**
 * Takes the lease away from a worker that has just finished a step and does not know: another worker finishes the operation, and what
 * the first then tries to record must change nothing.
 */
export async function ignoresZombieAtEachStep<Input, Deps>(world: OperationWorld<Input, Deps>): Promise<void> {
  for (const { name } of world.definition.draft.steps) {
    const where = `zombie after ${name}`
    const baseline = await world.inventory()
    const input = await world.input()
    const id = await startIn(world, input)
    const gate = Promise.withResolvers<void>()
    const reached = Promise.withResolvers<void>()
    const zombie = newRunner(world, {
      failpoints: async (point) => {
        if (!isAt(point, name, 'after')) return
        reached.resolve()
        await gate.promise
      },
    })
    const zombieRun = zombie.run(id)
    await Promise.race([reached.promise, zombieRun])
    await expireLease(world, id)
    const view = await finish(world, id)
    const inventory = await world.inventory()
    gate.resolve()
    await zombieRun
    await zombie.stop()
    deepStrictEqual(await look(world, id), view, `${where}: the zombie changed the record`)
    deepStrictEqual(await world.inventory(), inventory, `${where}: the zombie changed the world`)
    deepStrictEqual(view.state, 'succeeded', `${where}: the second worker did not finish it`)
    await settleDone(world, { id, input, baseline, where })
  }
}

async function runOnce<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  where: string,
  expected: 'done' | 'undone',
  variant: { definition?: OperationDefinition<Input, Deps>; failpoints?: Failpoints },
): Promise<void> {
  const baseline = await world.inventory()
  const input = await world.input()
  const id = await startIn(world, input)
  const view = await finish(world, id, variant)
  if (expected === 'undone') {
    assertUndone(view, where)
    await assertInventory(world, baseline, where)
    return
  }
  deepStrictEqual(
    { state: view.state, problem: view.problem },
    { state: 'succeeded', problem: null },
    `${where}: it did not succeed`,
  )
  await settleDone(world, { id, input, baseline, where })
}

function failing(step: string, at: Failpoint['at']): Failpoints {
  return (point) => {
    if (isAt(point, step, at)) throw new Error(`injected: ${step} fails ${at}`)
  }
}

function failingTwice(step: string, at: Failpoint['at']): Failpoints {
  return (point) => {
    if (isAt(point, step, at) && point.attempt <= 2)
      throw Object.assign(new Error(`injected: ${step} fails ${at} for now`), { retryable: true })
  }
}

function isAt(point: Failpoint, step: string, at: Failpoint['at']): boolean {
  return point.step === step && point.phase === 'run' && point.at === at
}

function variantOf<Input, Deps>(
  definition: OperationDefinition<Input, Deps>,
  change: (step: Step<Input, Deps>) => Step<Input, Deps>,
): OperationDefinition<Input, Deps> {
  return defineOperation({ ...definition.draft, steps: definition.draft.steps.map(change) })
}

function twiceRun<Input, Deps>(step: Step<Input, Deps>): Step<Input, Deps> {
  return {
    ...step,
    async run(context) {
      await step.run(context)
      await step.run(context)
    },
  }
}

function twiceUndone<Input, Deps>(step: Step<Input, Deps>): Step<Input, Deps> {
  const { undo } = step
  if (undo === 'nothing-to-undo') return step
  return {
    ...step,
    async undo(context) {
      await undo(context)
      await undo(context)
    },
  }
}
