import { deepStrictEqual, ok } from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import type { Failpoint, Failpoints } from '../index.ts'
import { assertInventory, assertUndone, finish, settleDone, startIn, type OperationWorld } from './world.ts'

/** `<step>:<before|mid|after>` */
export type KillPoint = `${string}:${Failpoint['at']}`

export interface KillOptions {
  /**
   * Starts a real process whose runner has `failpoints: killAt(point)` and works on that operation. The process must have a short lease
   * (one second, say): the harness waits for it to run out.
   */
  spawn(point: KillPoint, operationId: string): ChildProcess
  /** Default: all three points of every step. */
  points?: readonly KillPoint[]
}

/** Kills the worker's process with SIGKILL at each point; the next worker must bring the operation to an end, done or undone. */
export async function survivesKillAtEachStep<Input, Deps>(
  world: OperationWorld<Input, Deps>,
  options: KillOptions,
): Promise<void> {
  for (const point of options.points ?? allKillPoints(world)) {
    const where = `killed at ${point}`
    const baseline = await world.inventory()
    const input = await world.input()
    const id = await startIn(world, input)
    const ending = await waitForEnd(options.spawn(point, id))
    deepStrictEqual(
      ending.signal,
      'SIGKILL',
      `${where}: the process was not killed but ended with code ${ending.code}: ${ending.printed}`,
    )
    const view = await finish(world, id)
    ok(view.state === 'succeeded' || view.state === 'failed', `${where}: it ended as ${view.state}`)
    if (view.state === 'succeeded') await settleDone(world, { id, input, baseline, where })
    else {
      assertUndone(view, where)
      await assertInventory(world, baseline, where)
    }
  }
}

/** For the spawned process: dies there, as by `kill -9`. */
export function killAt(killPoint: string): Failpoints {
  return async ({ step, phase, at }) => {
    if (phase !== 'run' || killPoint !== `${step}:${at}`) return
    process.kill(process.pid, 'SIGKILL')
    // The signal may take a moment; nothing more must happen in it.
    await new Promise(() => {})
  }
}

export function allKillPoints<Input, Deps>(world: OperationWorld<Input, Deps>): KillPoint[] {
  return world.definition.draft.steps.flatMap(({ name }) =>
    (['before', 'mid', 'after'] as const).map((at): KillPoint => `${name}:${at}`),
  )
}

function waitForEnd(
  child: ChildProcess,
): Promise<{ code: number | null; signal: NodeJS.Signals | null; printed: string }> {
  let printed = ''
  const collect = (chunk: Buffer): void => void (printed = (printed + chunk.toString()).slice(-4_000))
  child.stdout?.on('data', collect)
  child.stderr?.on('data', collect)
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) => resolve({ code, signal, printed }))
  })
}
