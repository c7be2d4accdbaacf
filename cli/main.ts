/** The `platen` command: a client of the API, and the doctor of this machine. */
import { CommanderError } from 'commander'
import { createProgram } from './src/program.ts'
import { CommandFailure, exitCodes } from './src/failures.ts'
import { SettingsError } from '@platen/kit/config'

const wantsJson = process.argv.includes('--json')

try {
  await createProgram().parseAsync(process.argv)
} catch (error) {
  process.exitCode = explain(error)
}

function explain(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage
  if (error instanceof CommandFailure) {
    if (wantsJson && error.problem !== undefined)
      process.stdout.write(`${JSON.stringify(error.problem, undefined, 2)}\n`)
    process.stderr.write(`platen: ${error.message}\n`)
    return error.exitCode
  }
  if (error instanceof SettingsError) {
    process.stderr.write(`platen: ${error.message}\n`)
    return exitCodes.usage
  }
  throw error
}
