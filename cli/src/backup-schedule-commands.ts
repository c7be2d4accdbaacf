import { InvalidArgumentError, Option, type Command } from 'commander'
import type { BackupSchedule } from '../../openapi/manager.ts'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { findSite } from './site-commands.ts'

type Hours = BackupSchedule['policy']['everyHours']

interface Wanted {
  every?: Hours
  at?: number
  zone?: string
  keep?: number
}

/** Below `platen backup`. */
export function addBackupScheduleCommands(backup: Command, withContext: WithContext): void {
  const schedule = backup
    .command('schedule')
    .description('when a site is backed up by itself, and how long that is kept')

  schedule
    .command('show <site>')
    .description('show the schedule of a site and when the next backup begins')
    .action(withContext((context: Context, name: string) => show(context, name)))

  schedule
    .command('set <site>')
    .description('give a site a schedule of its own; what is not said stays as it is')
    .addOption(
      new Option('--every <hours>', 'hours between backups: 6, 8, 12, 24, or 168 for once a week').argParser(hours),
    )
    .addOption(
      new Option('--at <hour>', 'hour of the day, 0 to 23, on the clocks of the time zone').argParser(wholeNumber),
    )
    .option('--zone <name>', 'time zone, such as Europe/Paris')
    .addOption(new Option('--keep <days>', 'days for which backups are kept').argParser(wholeNumber))
    .action(withContext(set))

  schedule
    .command('reset <site>')
    .description('let a site be backed up as its plan says')
    .action(withContext((context: Context, name: string) => show(context, name, 'DELETE')))
}

function hours(text: string): Hours {
  const found = ([6, 8, 12, 24, 168] as const).find((count) => String(count) === text)
  if (found === undefined) throw new InvalidArgumentError('It must be 6, 8, 12, 24 or 168.')
  return found
}

function wholeNumber(text: string): number {
  if (!/^[0-9]{1,4}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

async function show(context: Context, name: string, method: 'GET' | 'DELETE' = 'GET'): Promise<void> {
  const { id } = await findSite(context, name)
  print(context, await askApi(context, `${method} /sites/{id}/backup-schedule`, { path: { id } }))
}

async function set(context: Context, name: string, wanted: Wanted): Promise<void> {
  const { id } = await findSite(context, name)
  const path = { id }
  const now = await askApi(context, 'GET /sites/{id}/backup-schedule', { path })
  const body = {
    everyHours: wanted.every ?? now.policy.everyHours,
    atHour: wanted.at ?? now.policy.atHour,
    timeZone: wanted.zone ?? now.policy.timeZone,
    keepDays: wanted.keep ?? now.policy.keepDays,
  }
  print(context, await askApi(context, 'PUT /sites/{id}/backup-schedule', { path, body }))
}

const print = ({ output }: Context, schedule: BackupSchedule): void => output.show(schedule, () => linesOf(schedule))

export const linesOf = ({ policy, source, nextAt }: BackupSchedule): string[] => [
  `every   ${policy.everyHours === 168 ? 'week' : `${policy.everyHours} hours`}, at ${policy.atHour}:00 ${policy.timeZone} and up to two hours later`,
  `kept    ${policy.keepDays} days`,
  `from    ${source === 'plan' ? 'its plan' : 'the site itself'}`,
  `next    ${nextAt ?? '-'}`,
]
