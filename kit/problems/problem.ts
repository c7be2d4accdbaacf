import { z } from 'zod'

/** One row of a feature's problem table: everything the API, the console and the reference page say about it. */
export interface ProblemDefinition {
  /** HTTP status, by the policy of docs/reference/problems.md. */
  readonly status: number
  /** Fixed per code, one short noun phrase; what varies goes into the detail of an occurrence. */
  readonly title: string
  /** What the user does about it. */
  readonly user: string
  /** What the operator does about it. */
  readonly operator: string
  /** True when the same request may succeed later without anybody changing anything. */
  readonly retryable?: boolean
}

/** One bad place in a request: an RFC 6901 pointer into its body ('' is the whole body), or `/query/limit` style for the rest. */
export interface ProblemPlace {
  readonly pointer: string
  readonly message: string
}

/** A problem as it travels: RFC 9457 members plus ours, and the extensions of its code. */
export const problemSchema = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int().min(400).max(599),
    detail: z.string(),
    code: z.string(),
    retryable: z.boolean(),
    instance: z.string().optional(),
    errors: z.array(z.strictObject({ pointer: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem; `code` is stable, `title` and `detail` are prose.' })

export type Problem = z.infer<typeof problemSchema>

/** The extra facts of one occurrence. `cause` is logged and never sent. */
export interface ProblemMore {
  readonly errors?: readonly ProblemPlace[]
  readonly extensions?: Readonly<Record<string, unknown>>
  readonly cause?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A refusal with a stable code. Thrown by edges, turned into an answer by kit/http; made by `defineProblems(...).problem`. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError'
  readonly code: string
  readonly status: number
  readonly title: string
  readonly detail: string
  readonly retryable: boolean
  readonly errors?: readonly ProblemPlace[]
  readonly extensions: Readonly<Record<string, unknown>>
  readonly headers?: Record<string, string>

  constructor(code: string, definition: ProblemDefinition, detail: string, more: ProblemMore = {}) {
    super(`${code}: ${detail}`, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.status = definition.status
    this.title = definition.title
    this.detail = detail
    this.retryable = definition.retryable ?? false
    this.extensions = more.extensions ?? {}
    if (more.errors !== undefined) this.errors = more.errors
    if (more.headers !== undefined) this.headers = { ...more.headers }
  }

  /** The wire form. Extensions come first so that they can never replace a standard member. */
  toJSON(): Problem {
    return {
      ...this.extensions,
      type: `/problems/${this.code}`,
      title: this.title,
      status: this.status,
      detail: this.detail,
      code: this.code,
      retryable: this.retryable,
      ...(this.errors === undefined ? {} : { errors: this.errors.map((place) => ({ ...place })) }),
    }
  }
}
