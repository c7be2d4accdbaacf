import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  backoffMs,
  nextAction,
  progressOf,
  type OperationFacts,
  type StepFacts,
  type StepState,
} from './operation-rules.ts'

const forward: OperationFacts = { state: 'running', direction: 'forward', pastPivot: false, problem: null }
const back: OperationFacts = { ...forward, state: 'undoing', direction: 'back' }
const problem = { type: '/problems/x', title: 'X', status: 500, detail: 'x', code: 'x', retryable: false }
const calm = { cancelRequested: false, pivot: undefined }

function steps(...states: StepState[]): StepFacts[] {
  return states.map((state, position) => ({
    position,
    name: `step-${position}`,
    state,
    attempt: 1,
    failures: 0,
    undoAttempt: 0,
    problem: null,
  }))
}

describe('what an operation does next', () => {
  test.each([
    ['runs the first step at the start', forward, steps('pending', 'pending'), calm, { kind: 'run', position: 0 }],
    [
      'runs a step again that a dead worker had begun',
      forward,
      steps('succeeded', 'running'),
      calm,
      { kind: 'run', position: 1 },
    ],
    ['succeeds when every step has', forward, steps('succeeded', 'succeeded'), calm, { kind: 'succeed' }],
    [
      'turns back when cancelled',
      forward,
      steps('succeeded', 'pending'),
      { cancelRequested: true, pivot: undefined },
      { kind: 'turn-back' },
    ],
    [
      'is not cancelled while its pivot is in doubt',
      forward,
      steps('succeeded', 'running'),
      { cancelRequested: true, pivot: 1 },
      { kind: 'run', position: 1 },
    ],
    [
      'is cancelled before its pivot began',
      forward,
      steps('succeeded', 'pending'),
      { cancelRequested: true, pivot: 1 },
      { kind: 'turn-back' },
    ],
    [
      'is not cancelled past its pivot',
      { ...forward, pastPivot: true },
      steps('succeeded', 'pending'),
      { cancelRequested: true, pivot: 0 },
      { kind: 'run', position: 1 },
    ],
    [
      'is done when cancelled after the last step',
      forward,
      steps('succeeded'),
      { cancelRequested: true, pivot: undefined },
      { kind: 'succeed' },
    ],
    [
      'undoes the last step that stands',
      back,
      steps('succeeded', 'failed', 'skipped'),
      calm,
      { kind: 'undo', position: 1 },
    ],
    [
      'undoes what a dead worker was undoing',
      back,
      steps('succeeded', 'undoing', 'undone'),
      calm,
      { kind: 'undo', position: 1 },
    ],
    [
      'has failed when nothing stands',
      { ...back, problem },
      steps('undone', 'skipped'),
      calm,
      { kind: 'give-up', state: 'failed' },
    ],
    [
      'is cancelled when nothing stands and nothing failed',
      back,
      steps('undone', 'skipped'),
      calm,
      { kind: 'give-up', state: 'cancelled' },
    ],
  ])('%s', (_title, operation, list, asked, expected) => {
    expect(nextAction(operation, list, asked)).toEqual(expected)
  })

  test('ends from any mixture of states, in either direction', () => {
    const anyState = fc.constantFrom<StepState>(
      'pending',
      'running',
      'succeeded',
      'failed',
      'skipped',
      'undoing',
      'undone',
    )
    fc.assert(
      fc.property(fc.array(anyState, { minLength: 1, maxLength: 12 }), fc.boolean(), (states, isBack) => {
        const list = steps(...states)
        for (let turn = 0; turn <= states.length; turn += 1) {
          const action = nextAction(isBack ? back : forward, list, calm)
          if (action.kind !== 'run' && action.kind !== 'undo') return
          // A real position: the rules return those of the list.
          list[action.position]!.state = action.kind === 'run' ? 'succeeded' : 'undone'
        }
        throw new Error('it does not end')
      }),
    )
  })
})

describe('backoff', () => {
  test('doubles its bound with every failure and never passes the cap', () => {
    const bounds = [1, 2, 3, 4, 10, 2_000].map((failures) =>
      backoffMs(failures, { baseMs: 500, capMs: 60_000 }, () => 1),
    )
    expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 60_000, 60_000])
  })

  test('is anything between nothing and its bound', () => {
    expect([0, 0.5].map((chance) => backoffMs(3, { baseMs: 500, capMs: 60_000 }, () => chance))).toEqual([0, 1_000])
  })
})

test('progress is the share of the weights whose steps stand', () => {
  const weighted = (states: StepState[]): number =>
    progressOf(states.map((state, index) => ({ state, weight: index + 1 })))
  expect([
    weighted(['pending', 'pending']),
    weighted(['succeeded', 'running']),
    weighted(['succeeded', 'succeeded']),
  ]).toEqual([0, 1 / 3, 1])
})
