/** Exit codes of the command, also told by `platen --help`. */
export const exitCodes = {
  refused: 1,
  usage: 2,
  unreachable: 3,
  signedOut: 4,
  operationFailed: 5,
} as const

/** What went wrong, as a person reads it: what happened, what was not changed, what to do. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure'
  readonly exitCode: number
  /** The problem as the API told it, for --json. */
  readonly problem: object | undefined

  constructor(exitCode: number, message: string, problem?: object) {
    super(message)
    this.exitCode = exitCode
    this.problem = problem
  }
}
