/** One refused field: a JSON pointer into the request body and a sentence. */
export interface FieldProblem {
  pointer: string
  message: string
}

/** A refusal as the API tells it (RFC 9457). Shown by `code`; `title` and `detail` are the fallback for a code we do not know. */
export interface Problem {
  code: string
  status: number
  title: string
  detail: string
  retryable?: boolean
  errors?: readonly FieldProblem[]
  [extension: string]: unknown
}

/** The server answered and refused. */
export class ProblemError extends Error {
  readonly problem: Problem
  readonly retryAfterSeconds: number | null

  constructor(problem: Problem, retryAfterSeconds: number | null = null) {
    super(problem.detail || problem.title)
    this.name = 'ProblemError'
    this.problem = problem
    this.retryAfterSeconds = retryAfterSeconds
  }

  get code(): string {
    return this.problem.code
  }

  get errors(): readonly FieldProblem[] {
    return this.problem.errors ?? []
  }
}

/** `offline`: nothing answered. `unavailable`: the edge answered, what is behind it did not. */
export type Outage = 'offline' | 'unavailable' | 'suspended'

/** Nobody who could decide answered; the request may or may not have had its effect. */
export class ConnectionError extends Error {
  readonly outage: Outage

  constructor(outage: Outage, cause?: unknown) {
    super(`The server could not be reached (${outage})`, { cause })
    this.name = 'ConnectionError'
    this.outage = outage
  }
}

/** Reads the problem out of a refused answer, whatever its body turns out to be. */
export async function problemOf(response: Response): Promise<ProblemError> {
  const body: unknown = await response.json().catch(() => null)
  const retryAfter = Number.parseInt(response.headers.get('retry-after') ?? '', 10)
  return new ProblemError(asProblem(body, response), Number.isNaN(retryAfter) ? null : retryAfter)
}

function asProblem(body: unknown, response: Response): Problem {
  const known = typeof body === 'object' && body !== null ? body : {}
  return {
    code: `http-${response.status}`,
    title: response.statusText,
    detail: '',
    ...known,
    status: response.status,
  }
}
