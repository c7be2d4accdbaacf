import type { Command } from 'commander'
import { consoleUrl } from '@platen/kit/config'
import { diagnose } from './diagnose.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { platformChecks, type DoctorLine } from './platform-checks.ts'
import { state, table } from './print.ts'
import type { Context, WithContext } from './context.ts'

interface Readiness {
  ok?: boolean
  checks?: Record<string, { ok: boolean; detail?: string }>
}

export function addPlatformCommands(program: Command, withContext: WithContext): void {
  program
    .command('status')
    .description('whether the platform answers, and how it is')
    .action(
      withContext(async ({ client, config, output }: Context) => {
        const { status, body } = await client.call({ method: 'GET', path: '/ready' })
        const { checks = {} } = (body ?? {}) as Readiness // contract of /ready
        const address = consoleUrl(config.platform)
        const answer = { ready: status === 200, console: address, checks }
        output.show(answer, () => [
          `Platform: ${status === 200 ? state('ok') : state('warning')}  ${address}`,
          ...table(
            ['PART', 'STATE', 'DETAIL'],
            Object.entries(checks).map(([name, { ok, detail }]) => [name, state(ok ? 'ok' : 'failed'), detail ?? '']),
          ),
        ])
        if (status !== 200)
          throw new CommandFailure(
            exitCodes.refused,
            'The platform is not ready. See the details above and the logs in the data directory.',
          )
      }),
    )

  program
    .command('doctor')
    .description('check everything this machine needs and, signed in, every part of the platform')
    .action(withContext(examine))
}

async function examine(context: Context): Promise<void> {
  const { client, config, output } = context
  const machine = await diagnose(config.platform, client)
  const isRunning = machine.some(({ check, level }) => check === 'platform' && level === 'ok')
  const platform = isRunning ? await platformChecks(context) : []
  const findings: DoctorLine[] = [...machine, ...(typeof platform === 'string' ? [] : platform)]
  if (typeof platform === 'string') output.note(platform)
  output.show({ findings }, () =>
    table(
      ['CHECK', 'STATE', 'DETAIL'],
      findings.map(({ check, level, detail }) => [check, state(level), detail]),
    ),
  )
  if (findings.some(({ level }) => level === 'refused')) {
    throw new CommandFailure(exitCodes.refused, 'Something is missing. Each line marked refused says how to mend it.')
  }
}
