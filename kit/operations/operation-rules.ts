import type { Problem } from '../problems/index.ts'

/** `needs-attention` is not an end: the engine goes on trying, a person should look. */
export const operationStates = [
  'pending',
  'running',
  'undoing',
  'needs-attention',
  'succeeded',
  'failed',
  'cancelled',
] as const
export type OperationState = (typeof operationStates)[number]
export const stepStates = ['pending', 'running', 'succeeded', 'failed', 'skipped', 'undoing', 'undone'] as const
export type StepState = (typeof stepStates)[number]

export interface OperationFacts {
  state: OperationState
  direction: 'forward' | 'back'
  pastPivot: boolean
  problem: Problem | null
}

export interface StepFacts {
  position: number
  name: string
  state: StepState
  attempt: number
  failures: number
  undoAttempt: number
  problem: Problem | null
}

export type NextAction =
  | { kind: 'run'; position: number }
  | { kind: 'succeed' }
  | { kind: 'turn-back' }
  | { kind: 'undo'; position: number }
  | { kind: 'give-up'; state: 'failed' | 'cancelled' }

/** A worker that dies this often in one step, beyond its allowed failures, is taken to be killed by the step. */
export const CRASH_ALLOWANCE = 10

/** What an operation does next, from what is recorded alone: a worker that takes over decides as the one before would have. */
export function nextAction(
  operation: OperationFacts,
  steps: readonly StepFacts[],
  { cancelRequested, pivot }: { cancelRequested: boolean; pivot: number | undefined },
): NextAction {
  if (operation.direction === 'back') return nextWayBack(operation, steps)
  const open = steps.find((step) => step.state !== 'succeeded' && step.state !== 'skipped')
  if (open === undefined) return { kind: 'succeed' }
  // A pivot that was begun may have taken effect: only running it again can tell.
  const inDoubt = open.position === pivot && open.state === 'running'
  if (cancelRequested && !operation.pastPivot && !inDoubt) return { kind: 'turn-back' }
  return { kind: 'run', position: open.position }
}

function nextWayBack(operation: OperationFacts, steps: readonly StepFacts[]): NextAction {
  const standing = steps.findLast((step) => isStanding(step.state))
  if (standing !== undefined) return { kind: 'undo', position: standing.position }
  return { kind: 'give-up', state: operation.problem === null ? 'cancelled' : 'failed' }
}

/** True for a step that was begun and is not undone: it may have left something behind. */
export function isStanding(state: StepState): boolean {
  return state === 'running' || state === 'succeeded' || state === 'failed' || state === 'undoing'
}

export function isTerminal(state: OperationState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

/** Share of the weights whose steps stand, 0 to 1; it falls again while an operation unwinds. */
export function progressOf(steps: readonly { state: StepState; weight: number }[]): number {
  const sum = (list: readonly { weight: number }[]): number => list.reduce((total, step) => total + step.weight, 0)
  const all = sum(steps)
  return all === 0 ? 0 : sum(steps.filter((step) => step.state === 'succeeded')) / all
}

/** Full jitter: anything between nothing and the exponential bound, so that many that failed together do not return together. */
export function backoffMs(failures: number, policy: { baseMs: number; capMs: number }, random: () => number): number {
  return Math.round(random() * Math.min(policy.capMs, policy.baseMs * 2 ** Math.max(0, failures - 1)))
}
