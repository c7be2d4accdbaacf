// What befalls a worker that is a process of its own, and how the operation ends all the same.
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import {
  isTerminal,
  readOperation,
  type OperationDefinition,
  type OperationRunner,
  type OperationView,
} from '../../kit/operations/index.ts'
import { withScope } from '../../kit/sql/index.ts'
import type { BackupDeps } from '../../manager/src/backups/index.ts'
import { startWith, type TestTenant } from '../../manager/testing/builders.ts'
import { workerOptions } from '../../manager/testing/real-platform.ts'
import type { Fate } from '../../manager/testing/site-worker.ts'
import { assertConverged } from './converged.ts'
import { resume } from './processes.ts'
import { nextWorker, type SiteStage } from './site-stage.ts'

/** More than a busy machine keeps a process waiting. */
const leaseMs = 3_000
const workerProgram = fileURLToPath(new URL('../../manager/testing/site-worker.ts', import.meta.url))

/** The worker is a process of its own, and meets its fate; then the next one goes on. */
export async function endDespiteFate<Input>(
  stage: SiteStage,
  {
    definition,
    operationId,
    point,
  }: { definition: OperationDefinition<Input, BackupDeps>; operationId: string; point: string },
  fate: Fate,
): Promise<OperationView> {
  const options = {
    ...(await workerOptions(stage.real)),
    operationId,
    leaseMs,
    point,
    fate,
  }
  const child = spawn(process.execPath, [workerProgram, JSON.stringify(options)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]> // what 'exit' says
  const next = nextWorker(stage, definition)
  try {
    await Promise.race([
      once(child.stdout, 'data'),
      gone.then(([code]) => Promise.reject(new Error(`it ended with ${code} before ${point}`))),
    ])
    if (fate === 'stopped') return await outlive(stage, { child, gone, next, operationId })
    const [code, signal] = await gone
    if ((fate === 'killed' ? signal : code) !== (fate === 'killed' ? 'SIGKILL' : 0))
      throw new Error(`the worker ended with ${code ?? signal}`)
    const before = await look(stage, operationId)
    const end = await untilEnded(stage, next, operationId)
    if (fate === 'clock ahead' && before.state !== end.state) throw new Error('a wrong clock cost it the operation')
    return end
  } finally {
    child.kill('SIGKILL')
    await next.stop()
  }
}

/** It stands still; another takes over and finishes; then it goes on, and must change nothing. */
async function outlive(
  stage: SiteStage,
  zombie: { child: ChildProcess; gone: Promise<unknown>; next: OperationRunner<BackupDeps>; operationId: string },
): Promise<OperationView> {
  const end = await untilEnded(stage, zombie.next, zombie.operationId)
  const objects = await objectKeys(stage, end)
  await resume(zombie.child.pid ?? 0)
  await zombie.gone
  const after = await look(stage, zombie.operationId)
  if (!isDeepStrictEqual(after, end)) throw new Error('the zombie changed the record')
  if (!isDeepStrictEqual(await objectKeys(stage, end), objects)) throw new Error('the zombie changed the objects')
  return end
}

/** Of the operation's site, and of its backups. */
async function objectKeys({ real: { objects } }: SiteStage, { subject }: OperationView): Promise<string[]> {
  const found = await Promise.all(['sites', 'backups'].map((top) => objects.list(`${top}/${subject.id}`)))
  return found.flat().map(({ key, sha256 }) => `${key} ${sha256}`)
}

/** What a worker's sweep does, until the operation has ended: within the time that the platform promises. */
export async function untilEnded(
  stage: SiteStage,
  runner: Pick<OperationRunner<unknown>, 'run'>,
  operationId: string,
): Promise<OperationView> {
  const state = async (): Promise<string> => {
    await runner.run(operationId)
    const view = await look(stage, operationId)
    return isTerminal(view.state) ? 'ended' : view.state
  }
  await assertConverged([{ name: 'operation', read: state, expected: 'ended' }])
  return look(stage, operationId)
}

async function look({ real: { platform } }: SiteStage, operationId: string): Promise<OperationView> {
  const view = await withScope(platform.workerDb, { operator: true }, (tx) => readOperation(tx, operationId))
  if (view === undefined) throw new Error('the operation is gone')
  return view
}

/** Starts another operation and brings it to its end; throws unless it succeeded. */
export async function succeed<Input extends { siteId: string }>(
  stage: SiteStage,
  tenant: TestTenant,
  { definition, input }: { definition: OperationDefinition<Input, BackupDeps>; input: Input },
): Promise<void> {
  const runner = nextWorker(stage, definition)
  try {
    const end = await untilEnded(stage, runner, await startWith(stage.real.platform, tenant, definition, input))
    if (end.state !== 'succeeded') throw new Error(`${definition.type}: ${end.state}, ${JSON.stringify(end.problem)}`)
  } finally {
    await runner.stop()
  }
}
