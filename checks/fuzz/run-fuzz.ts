import fc from 'fast-check'
import type { ApiDocument, Json, Method, Operation } from './api-document.ts'
import { answerCheck, type AnswerCheck, type FuzzAnswer } from './answers.ts'
import { caseOf, type Caller, type FuzzCase } from './fuzz-case.ts'
import { KnownIds } from './known-ids.ts'

/** What is fuzzed: an API with somebody in every role of it. */
export interface FuzzTarget {
  readonly name: string
  readonly document: ApiDocument
  readonly callers: readonly Caller[]
  /** By name of the operation: how many requests it gets at most in a run, because each of them is costly. */
  readonly atMost: ReadonlyMap<string, number>
  /** Operations that are never asked about what exists: they would answer for as long as it lives. */
  readonly streams: ReadonlySet<string>
  send(request: FuzzRequest): Promise<FuzzAnswer>
  /** Whoever was signed out, deactivated or worse by the requests so far is replaced. Shows what exists to `learn`. */
  renew(learn: (path: string, body: Json) => void): Promise<void>
  close(): Promise<void>
}

export interface FuzzRequest {
  readonly caller: string
  readonly method: Method
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | undefined
}

export interface FuzzReport {
  readonly api: string
  readonly seed: number
  readonly cases: number
  readonly operations: number
  readonly seconds: number
  readonly perSecond: number
  readonly statuses: Readonly<Record<string, number>>
  /** Operation, what is wrong, the seed and the smallest request that shows it. */
  readonly failures: readonly string[]
}

export interface FuzzOptions {
  readonly cases: number
  readonly seed: number
  /** Told after each round, with the failures that it had. */
  readonly onRound?: (done: number, failures: readonly string[]) => void
}

const PER_ROUND = 25
/** Operations after which those who ask are looked after. */
const RENEW_EVERY = 15
const ANSWER_WITHIN_MS = 30_000

/** Asks every operation in rounds, so that what one of them did is there when the next is asked. Goes on after a failure with the others. */
export async function runFuzz(target: FuzzTarget, { cases, seed, onRound }: FuzzOptions): Promise<FuzzReport> {
  const run = new Run(target, seed)
  const startedMs = performance.now()
  for (let round = 0; run.count < cases && run.hasOperations; round += 1) {
    const before = run.failures.length
    await run.round(round, Math.min(PER_ROUND, Math.ceil((cases - run.count) / run.operationCount)))
    onRound?.(run.count, run.failures.slice(before))
  }
  const seconds = (performance.now() - startedMs) / 1000
  return {
    api: target.name,
    seed,
    cases: run.count,
    operations: target.document.operations.length,
    seconds: Math.round(seconds),
    perSecond: Math.round(run.count / seconds),
    statuses: Object.fromEntries([...run.statuses].toSorted(([a], [b]) => Number(a) - Number(b))),
    failures: run.failures,
  }
}

class Run {
  count = 0
  readonly statuses = new Map<string, number>()
  readonly failures: string[] = []
  readonly #target: FuzzTarget
  readonly #seed: number
  readonly #known = new KnownIds()
  readonly #check: AnswerCheck
  readonly #asked = new Map<string, number>()
  readonly #cases: Map<string, fc.Arbitrary<FuzzCase>>
  #left: readonly Operation[]

  constructor(target: FuzzTarget, seed: number) {
    this.#target = target
    this.#seed = seed
    this.#check = answerCheck(target.document)
    const { document, callers } = target
    this.#left = document.operations
    this.#cases = new Map(this.#left.map((operation) => [operation.name, caseOf(document, operation, callers)]))
  }

  get operationCount(): number {
    return this.#left.length
  }

  get hasOperations(): boolean {
    return this.#left.length > 0
  }

  async round(round: number, most: number): Promise<void> {
    for (const [index, operation] of this.#left.entries()) {
      if (index % RENEW_EVERY === 0) await this.#target.renew((path, body) => this.#known.learn(path, body))
      const asked = this.#asked.get(operation.name) ?? 0
      const numRuns = Math.min(most, (this.#target.atMost.get(operation.name) ?? Infinity) - asked)
      this.#asked.set(operation.name, asked + numRuns)
      if (numRuns > 0) await this.#ask(operation, numRuns, (this.#seed + round * 1000 + index) | 0)
    }
    const failed = new Set(this.failures.map((failure) => failure.split(': ', 1)[0]))
    const { atMost } = this.#target
    this.#left = this.#left.filter(
      ({ name }) => !failed.has(name) && (this.#asked.get(name) ?? 0) < (atMost.get(name) ?? Infinity),
    )
  }

  async #ask(operation: Operation, numRuns: number, seed: number): Promise<void> {
    const cases = this.#cases.get(operation.name)
    if (cases === undefined) return
    let smallest = ''
    const property = fc.asyncProperty(cases, async (wanted) => {
      const request = this.#requestOf(operation, wanted)
      const wrong = await this.#try(operation, request)
      if (wrong === undefined) return
      smallest = `${wrong}\n  ${describe(request)}`
      throw new Error(wrong)
    })
    // Shrinking asks again and again: not what is costly.
    const endOnFailure = this.#target.atMost.has(operation.name)
    const result = await fc.check(property, { numRuns, seed, endOnFailure, interruptAfterTimeLimit: 120_000 })
    if (result.failed)
      this.failures.push(
        `${operation.name}: ${smallest || String(result.errorInstance)}\n  seed ${seed}, path ${result.counterexamplePath ?? ''}`,
      )
  }

  async #try(operation: Operation, request: FuzzRequest): Promise<string | undefined> {
    const answer = await within(ANSWER_WITHIN_MS, this.#target.send(request))
    this.count += 1
    if (answer === undefined) return `no answer within ${ANSWER_WITHIN_MS / 1000} s`
    const status = String(answer.status)
    this.statuses.set(status, (this.statuses.get(status) ?? 0) + 1)
    const wrong = this.#check(operation, answer)
    if (wrong !== undefined) return `${wrong}\n  ${answer.text.slice(0, 600)}`
    if (answer.status < 300 && /[/+]json/.test(answer.contentType) && answer.text !== '')
      this.#known.learn(operation.path, JSON.parse(answer.text) as Json) // checked against its schema
    return undefined
  }

  #requestOf(operation: Operation, wanted: FuzzCase): FuzzRequest {
    const { name, method, path } = operation
    const real = (text: string): string =>
      (this.#target.streams.has(name) ? new KnownIds() : this.#known).resolve(text, path)
    const filled = path
      .replaceAll(/\{(\w+)\}/g, (_all, parameter: string) => real(wanted.segments[parameter] ?? ''))
      .replace(/\*$/, () => wanted.segments['*'] ?? '')
    const query = wanted.query.map(([key, value]) => `${escaped(key)}=${escaped(real(value))}`).join('&')
    return {
      caller: wanted.caller,
      method,
      url: query === '' ? filled : `${filled}?${query}`,
      headers: {
        ...(wanted.contentType === undefined ? {} : { 'content-type': wanted.contentType }),
        ...Object.fromEntries(wanted.headers),
      },
      body: wanted.body === undefined ? undefined : real(wanted.body),
    }
  }
}

/** As a client writes it; what is no character at all is sent as it comes. */
const escaped = (text: string): string => encodeURIComponent(text.toWellFormed())

const describe = ({ caller, method, url, headers, body }: FuzzRequest): string =>
  `${caller}: ${method} ${url} ${JSON.stringify(headers)} ${body === undefined ? '' : body.slice(0, 2000)}`

async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, ms, undefined)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
