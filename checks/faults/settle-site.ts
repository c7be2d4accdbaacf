// One cell: an operation on a site, a fault at one of its steps, and what has become of both.
import {
  type Failpoint,
  type Failpoints,
  type OperationDefinition,
  type OperationView,
} from '../../kit/operations/index.ts'
import { eventually } from '../../kit/testing/index.ts'
import type { BackupDeps } from '../../manager/src/backups/index.ts'
import { startWith } from '../../manager/testing/builders.ts'
import { operationSessions } from '../../manager/testing/real-inventory.ts'
import { isFullForm } from './config.ts'
import { faultTable, type FaultCell, type NotApplicable } from './fault-table.ts'
import { randomFrom, type SeededRandom } from './random.ts'
import { siteFaults, type Reach, type SiteFault } from './site-faults.ts'
import { cellWorker, keepReading, nextWorker, type CellSite, type CellWorker, type SiteStage } from './site-stage.ts'
import { endDespiteFate, untilEnded } from './worker-fates.ts'

/** An operation on a site, as the table needs to know it. */
export interface SiteOperation<Input extends { siteId: string }> {
  definition: OperationDefinition<Input, BackupDeps>
  /** What each step reaches; a step that is not here reaches the control plane only. */
  reach: Partial<Record<string, readonly Reach[]>>
  /** Cells that cannot be, with the reason; by `step × fault`. */
  notApplicable?: Partial<Record<string, string>>
  /** Steps that another table has, but for some faults. */
  elsewhere?: { steps: readonly string[]; but: readonly string[]; reason: string }
  knownGaps?: Partial<Record<string, string>>
  /** A fresh input on the cell's own site. */
  input(site: CellSite, random: SeededRandom): Promise<Input>
  /** In a word or two what has become of it; throws when something is half. Takes away what a run that succeeded has made. */
  settled(site: CellSite, input: Input, end: OperationView): Promise<string>
}

/** Runs the cells, those that hit everybody by themselves: a sample, or all in the full form. */
export async function siteTables<Input extends { siteId: string }>(
  stage: () => SiteStage,
  operation: SiteOperation<Input>,
): Promise<void> {
  const random = randomFrom()
  const { type } = operation.definition
  const failures: unknown[] = []
  for (const alone of [false, true]) {
    const cells = siteCells(stage, operation, alone)
    const applicable = cells.filter((cell) => !('notApplicable' in cell))
    const table = faultTable({
      title: alone ? `${type}, faults that hit everybody` : type,
      random,
      concurrency: alone ? 1 : 3,
      ...(isFullForm() ? { cells } : { cells: applicable, sample: alone ? 2 : 7 }),
    })
    await table.catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}

function siteCells<Input extends { siteId: string }>(
  stage: () => SiteStage,
  operation: SiteOperation<Input>,
  alone: boolean,
): (FaultCell | NotApplicable)[] {
  const steps = operation.definition.draft.steps.map(({ name }) => name)
  const faults = Object.entries(siteFaults).filter(([, fault]) => (fault.alone ?? false) === alone)
  return steps.flatMap((step) =>
    faults.map(([fault, what]): FaultCell | NotApplicable => {
      const why = reasonNot(operation, step, fault, what)
      if (why !== undefined) return { step, fault, notApplicable: why }
      const knownGap = operation.knownGaps?.[`${step} × ${fault}`]
      const cell = {
        step,
        fault,
        run: (random: SeededRandom) => settle({ stage: stage(), operation, step, fault: what, random }),
      }
      return knownGap === undefined ? cell : { ...cell, knownGap }
    }),
  )
}

const unreached: Record<Reach, string> = {
  server: 'this step reaches no site database',
  'reads objects': 'this step reads no object',
  'writes objects': 'this step writes no object',
}

function reasonNot<Input extends { siteId: string }>(
  { reach, notApplicable, elsewhere }: SiteOperation<Input>,
  step: string,
  fault: string,
  { needs }: SiteFault,
): string | undefined {
  if (needs !== undefined && reach[step]?.includes(needs) !== true) return unreached[needs]
  if (elsewhere?.steps.includes(step) === true && !elsewhere.but.includes(fault)) return elsewhere.reason
  return notApplicable?.[`${step} × ${fault}`]
}

interface Cell<Input extends { siteId: string }> {
  stage: SiteStage
  operation: SiteOperation<Input>
  step: string
  fault: SiteFault
  random: SeededRandom
}

async function settle<Input extends { siteId: string }>(cell: Cell<Input>): Promise<string> {
  const { stage, operation, fault, random } = cell
  // What happens to the next call on objects must be there before the call.
  const at = 'objects' in fault.happens ? 'before' : (fault.at ?? random.pick(['before', 'mid', 'after'] as const))
  const site = await stage.take()
  const input = await operation.input(site, random)
  const operationId = await startWith(stage.real.platform, site.tenant, operation.definition, input)
  const visitor = await keepReading(stage.real, site.siteId)
  const run = {
    ...cell,
    at,
    operationId,
    startAgain: () => startWith(stage.real.platform, site.tenant, operation.definition, input),
  }
  const end =
    'fate' in fault.happens
      ? await endDespiteFate(
          stage,
          { ...run, definition: operation.definition, point: `${run.step}:${at}` },
          fault.happens.fate,
        )
      : await endDespiteStrike(run)
  const { reads, failed } = await visitor.stop()
  if (fault.alone !== true && failed > 0) throw new Error(`a visitor saw ${failed} of ${reads} reads fail`)
  const outcome = await operation.settled(site, input, end)
  await nothingLeft(stage, operationId)
  stage.give(site)
  return `${outcome} (${at})`
}

interface Run<Input extends { siteId: string }> extends Cell<Input> {
  at: Failpoint['at']
  operationId: string
  startAgain(): Promise<string>
}

/** The worker is in this process, and something happens around it. */
async function endDespiteStrike<Input extends { siteId: string }>(run: Run<Input>): Promise<OperationView> {
  const { stage, operation, random, operationId, fault, startAgain } = run
  const place: { worker?: CellWorker } = {}
  const next = nextWorker(stage, operation.definition)
  const { failpoints, struck, over } = strikeOnce(run, async () => {
    const { worker } = place
    if (worker === undefined) throw new Error('no worker yet')
    if ('objects' in fault.happens) {
      worker.objects.arm(fault.happens.objects)
      return async () => worker.objects.heal()
    }
    if (!('strike' in fault.happens)) throw new Error('this befalls a process')
    return fault.happens.strike({ stage, worker, operationId, startAgain, wakeAnother: (id) => next.run(id) })
  })
  const worker = await cellWorker(stage, operation.definition, { random, failpoints })
  place.worker = worker
  try {
    const end = await untilEnded(stage, worker.runner, operationId)
    await over()
    if (!struck()) throw new Error(`the fault never struck ${run.at} ${run.step}`)
    if ('objects' in fault.happens && worker.objects.hits === 0) throw new Error('no call met the fault')
    return end
  } finally {
    await over()
    await Promise.all([worker.controlLine.heal(), worker.serverLine.heal()])
    worker.controlLine.resetAll()
    await worker.close()
    await next.stop()
  }
}

function strikeOnce(
  { step, at }: Pick<Run<{ siteId: string }>, 'step' | 'at'>,
  strike: () => Promise<() => Promise<void>>,
): { failpoints: Failpoints; struck: () => boolean; over: () => Promise<void> } {
  let end: (() => Promise<void>) | undefined
  return {
    struck: () => end !== undefined,
    over: async () => end?.(),
    async failpoints(point) {
      if (point.phase !== 'run') return
      if (end !== undefined && point.step !== step && point.at === 'before') await end()
      if (end === undefined && point.step === step && point.at === at) end = await strike()
    },
  }
}

/** No session and no database of the operation. */
async function nothingLeft({ real }: SiteStage, operationId: string): Promise<void> {
  await eventually(
    async () =>
      (await operationSessions(real)).every(
        ({ application_name: name }) => !String(name).startsWith(`op:${operationId}:`),
      ),
    { describe: `the end of all sessions of operation ${operationId}` },
  )
  const { databases } = await real.databases.describe()
  const left = databases.filter(({ name, tag }) => name.startsWith('d_') && tag === `op:${operationId}`)
  if (left.length > 0) throw new Error(`left behind: ${left.map(({ name }) => name).join(', ')}`)
}
