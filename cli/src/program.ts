import { Command } from 'commander'
import { createClient, type Client } from './client.ts'
import { readCommandConfig, type CommandConfig } from './config.ts'
import { addAccessCommands } from './access-commands.ts'
import { addOperationCommands } from './operation-commands.ts'
import { addPlatformCommands } from './platform-commands.ts'
import { createOutput, type Output } from './print.ts'
import { createSession, type Session } from './session.ts'
import { addSiteCommands } from './site-commands.ts'

/** What a command works with. */
export interface Context {
  config: CommandConfig
  client: Client
  session: Session
  output: Output
}

/** Runs with a fresh context: settings are read when a command runs, so `--help` never fails on them. */
export type WithContext = <Arguments extends unknown[]>(
  work: (context: Context, ...given: Arguments) => Promise<void>,
) => (...given: Arguments) => Promise<void>

const exitCodeHelp = `
Exit codes: 0 done, 1 refused, 2 wrong usage, 3 the platform does not answer, 4 not signed in, 5 the operation failed.
Settings: the PLATEN_* variables of the platform, PLATEN_EMAIL and PLATEN_PASSWORD for scripts.`

export function createProgram(): Command {
  const program = new Command('platen')
    .description('Platen: sites, operations and the health of this platform')
    .option('--json', 'print JSON for programs')
    .exitOverride()
    .showHelpAfterError()
    .addHelpText('after', exitCodeHelp)
  const withContext: WithContext =
    (work) =>
    (...given) => {
      const config = readCommandConfig()
      const client = createClient(config.platform)
      const session = createSession(config, client)
      return work({ config, client, session, output: createOutput(program.opts<{ json?: boolean }>().json === true) }, ...given)
    }
  addPlatformCommands(program, withContext)
  addAccessCommands(program, withContext)
  addSiteCommands(program, withContext)
  addOperationCommands(program, withContext)
  return program
}
