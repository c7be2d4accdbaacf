import { CancelRequested, LeaseLost, StepTimeout, WorkerStopping } from './failures.ts'
import type { Lease } from './lease.ts'

export type AttemptOutcome =
  | { kind: 'done' }
  | { kind: 'failed'; error: unknown }
  | { kind: 'cancelled' }
  | { kind: 'lost' }
  /** `settled` is false when the work did not end although it was told to: it may still be doing something. */
  | { kind: 'stopping'; settled: boolean }
  | { kind: 'stuck'; error: StepTimeout }

export interface AttemptLimits {
  timeoutMs: number
  /** How long the work may take to end after its signal fired. */
  graceMs: number
  /** False where a cancellation must not interrupt: undo, pivot, and whatever comes after it. */
  cancellable: boolean
}

/** Runs one attempt of a step under everything that may end it early. Never rejects. */
export async function attemptStep(
  lease: Lease,
  limits: AttemptLimits,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<AttemptOutcome> {
  const timeout = new AbortController()
  const timer = setTimeout(
    () => timeout.abort(new StepTimeout(`no end after ${limits.timeoutMs} ms`)),
    limits.timeoutMs,
  )
  const sources = [lease.signal, timeout.signal, ...(limits.cancellable ? [lease.cancelSignal] : [])]
  const signal = AbortSignal.any(sources)
  const settled = settle(work, signal)
  try {
    const first = await Promise.race([settled, aborted(signal)])
    if (first !== undefined) return interpret(first, signal)
    // A lost lease waits for nobody: whatever the work still does, its fence is void.
    if (signal.reason instanceof LeaseLost) return { kind: 'lost' }
    const late = await Promise.race([settled, after(limits.graceMs, lease.signal)])
    return late === undefined ? unsettled(signal.reason, lease) : interpret(late, signal)
  } finally {
    clearTimeout(timer)
  }
}

type Settled = { ok: true } | { ok: false; error: unknown }

async function settle(work: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<Settled> {
  try {
    signal.throwIfAborted()
    await work(signal)
    return { ok: true }
  } catch (error) {
    return { ok: false, error }
  }
}

function interpret(settled: Settled, signal: AbortSignal): AttemptOutcome {
  if (settled.ok) return { kind: 'done' }
  if (settled.error instanceof LeaseLost) return { kind: 'lost' }
  if (!signal.aborted) return { kind: 'failed', error: settled.error }
  const reason: unknown = signal.reason
  if (reason instanceof LeaseLost) return { kind: 'lost' }
  if (reason instanceof WorkerStopping) return { kind: 'stopping', settled: true }
  if (reason instanceof CancelRequested) return { kind: 'cancelled' }
  return { kind: 'failed', error: reason }
}

function unsettled(reason: unknown, lease: Lease): AttemptOutcome {
  if (lease.isLost) return { kind: 'lost' }
  if (reason instanceof WorkerStopping || lease.isStopping) return { kind: 'stopping', settled: false }
  return {
    kind: 'stuck',
    error: reason instanceof StepTimeout ? reason : new StepTimeout('no end after it was cancelled'),
  }
}

function aborted(signal: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

function after(milliseconds: number, unless: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), milliseconds)
    // Only a loss cuts the grace short; a stop grants it.
    unless.addEventListener(
      'abort',
      () => unless.reason instanceof LeaseLost && (clearTimeout(timer), resolve(undefined)),
      { once: true },
    )
  })
}
