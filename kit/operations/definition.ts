import type { z } from 'zod'
import type { Problem } from '../problems/index.ts'
import type { Tx } from '../sql/index.ts'

/** What a step's `run` and `undo` are given. Both may be called again after a crash and must be safe to repeat. */
export interface StepContext<Input, Deps> {
  readonly operationId: string
  /** The tenant whose operation it is; null for the platform's own. */
  readonly tenantId: string | null
  /** `op:<operation id>:<fence>`: application_name of database sessions, owner tag of what is made outside. */
  readonly tag: string
  /** Grows with each worker that takes the operation over. */
  readonly fence: number
  /** Counts from 1, also runs that a crash cut short. */
  readonly attempt: number
  readonly input: Input
  readonly deps: Deps
  /** Fires when the lease is lost, the time is up, the operation is cancelled or the worker stops: end what is under way, at once. */
  readonly signal: AbortSignal
  /** Adds a line to the operation's log, which its tenant reads. Written within 250 ms, never a reason to fail. */
  log(message: string): Promise<void>
  /**
   * A transaction that first locks the operation and checks the fence, so that a worker which lost its lease writes nothing. Its scope is
   * the operation's tenant (an operator's for operations of the platform); ask for `operator` to write rows of the platform.
   * @throws LeaseLost
   */
  write<T>(work: (tx: Tx) => Promise<T>, scope?: { operator?: boolean }): Promise<T>
}

export interface RetryPolicy {
  /** Runs that may fail with a retryable error before the operation unwinds; default 5. */
  attempts: number
  /** First backoff, doubled each time up to 60 s, with full jitter; default 500. */
  baseMs: number
}

export interface Step<Input, Deps> {
  /** Kebab-case, also a translation key of the console. */
  name: string
  run(context: StepContext<Input, Deps>): Promise<void>
  /** Called if run was ever begun: it may have done all, half or nothing. */
  undo: ((context: StepContext<Input, Deps>) => Promise<void>) | 'nothing-to-undo'
  /** For one attempt of run or undo; default 60 s. */
  timeoutMs?: number
  retry?: RetryPolicy
  /** Point of no return: once it has succeeded the operation only goes forward, repeating what fails for ever. */
  pivot?: boolean
  /** Share of the progress bar, default 1. */
  weight?: number
}

/** How an operation ended that did not succeed; handed to `onFailed` when everything is undone. */
export interface FailedOutcome {
  state: 'failed' | 'cancelled'
  /** Null when cancelled. */
  problem: Problem | null
}

/** One step without its input's type: what the engine needs to know and call. */
export interface BoundStep<Deps> {
  readonly name: string
  readonly timeoutMs: number
  readonly retry: RetryPolicy
  readonly pivot: boolean
  run(context: UnboundContext<Deps>): Promise<void>
  readonly undo: ((context: UnboundContext<Deps>) => Promise<void>) | undefined
}

/** A context before the engine's caller has typed its input. */
export type UnboundContext<Deps> = Omit<StepContext<unknown, Deps>, 'input'>

export interface BoundOperation<Deps> {
  readonly steps: readonly BoundStep<Deps>[]
  readonly onFailed: ((context: UnboundContext<Deps>, outcome: FailedOutcome) => Promise<void>) | undefined
}

/** An operation with its input's type erased: what a runner takes. Made only by `defineOperation`. */
export interface RunnableOperation<Deps> {
  readonly type: string
  readonly version: number
  readonly plan: readonly { name: string; weight: number }[]
  /** @throws ZodError when the stored input no longer fits the schema. */
  bind(input: unknown): BoundOperation<Deps>
}

export interface OperationDraft<Input, Deps> {
  /** Verb and noun, kebab-case: `create-site`. */
  type: string
  /** Raise it with every change of the step list and keep the old definition registered until no operation of it is left. */
  version: number
  /** References only, never secrets: inputs are stored in clear. */
  input: z.ZodType<Input>
  steps: readonly Step<Input, Deps>[]
  /** After all undos, before the operation is shown as failed or cancelled. Repeated until it succeeds, like an undo. */
  onFailed?(context: StepContext<Input, Deps>, outcome: FailedOutcome): Promise<void>
}

export interface OperationDefinition<Input, Deps> extends RunnableOperation<Deps> {
  readonly draft: OperationDraft<Input, Deps>
}

const DEFAULT_TIMEOUT_MS = 60_000
const DEFAULT_RETRY: RetryPolicy = { attempts: 5, baseMs: 500 }

/** Declares an operation: its story is the list of steps. @throws Error when the list breaks the rules. */
export function defineOperation<Input, Deps>(draft: OperationDraft<Input, Deps>): OperationDefinition<Input, Deps> {
  assertSound(draft)
  return {
    draft,
    type: draft.type,
    version: draft.version,
    plan: draft.steps.map(({ name, weight = 1 }) => ({ name, weight })),
    bind(raw) {
      const input = draft.input.parse(raw)
      return {
        steps: draft.steps.map((step) => bindStep(step, input)),
        onFailed:
          draft.onFailed === undefined
            ? undefined
            : async (context, outcome) => draft.onFailed?.({ ...context, input }, outcome),
      }
    },
  }
}

function bindStep<Input, Deps>(step: Step<Input, Deps>, input: Input): BoundStep<Deps> {
  const { undo } = step
  return {
    name: step.name,
    timeoutMs: step.timeoutMs ?? DEFAULT_TIMEOUT_MS,
    retry: step.retry ?? DEFAULT_RETRY,
    pivot: step.pivot ?? false,
    run: (context) => step.run({ ...context, input }),
    undo: undo === 'nothing-to-undo' ? undefined : (context) => undo.call(step, { ...context, input }),
  }
}

function assertSound<Input, Deps>({ type, version, steps }: OperationDraft<Input, Deps>): void {
  const names = steps.map((step) => step.name)
  for (const name of [type, ...names]) {
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) throw new Error(`Operation ${type}: ${name} is not kebab-case`)
  }
  if (!Number.isInteger(version) || version < 1) throw new Error(`Operation ${type} has version ${version}`)
  if (steps.length === 0) throw new Error(`Operation ${type} has no steps`)
  if (new Set(names).size !== names.length) throw new Error(`Operation ${type} has two steps of one name`)
  if (steps.filter((step) => step.pivot === true).length > 1)
    throw new Error(`Operation ${type} has more than one pivot`)
}
