import { Command } from 'commander'
import { addAlertCommands } from './alert-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import { createClient } from './client.ts'
import { readCommandConfig } from './config.ts'
import type { WithContext } from './context.ts'
import { addAccessCommands } from './access-commands.ts'
import { addBackupCommands } from './backup-commands.ts'
import { addEventCommands } from './event-commands.ts'
import { addJobCommands } from './job-commands.ts'
import { addKeyCommands } from './key-commands.ts'
import { addLogCommands } from './log-commands.ts'
import { addOperationCommands } from './operation-commands.ts'
import { addPlatformCommands } from './platform-commands.ts'
import { createOutput } from './print.ts'
import { addReconcileCommands } from './reconcile-commands.ts'
import { createSession } from './session.ts'
import { addSiteCommands } from './site-commands.ts'
import { addTenantCommands } from './tenant-commands.ts'

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
      return work(
        { config, client, session, output: createOutput(program.opts<{ json?: boolean }>().json === true) },
        ...given,
      )
    }
  addPlatformCommands(program, withContext)
  addAccessCommands(program, withContext)
  addSiteCommands(program, withContext)
  addBackupCommands(program, withContext)
  addLogCommands(program, withContext)
  addOperationCommands(program, withContext)
  addJobCommands(program, withContext)
  addReconcileCommands(program, withContext)
  addKeyCommands(program, withContext)
  addAlertCommands(program, withContext)
  addAuditCommands(program, withContext)
  addTenantCommands(program, withContext)
  addEventCommands(program, withContext)
  return program
}
