import type { Command } from 'commander'
import type { Backup, BackupComparison } from '../../openapi/manager.ts'
import { allPages, askApi } from './ask-api.ts'
import { addBackupScheduleCommands } from './backup-schedule-commands.ts'
import type { Context, WithContext } from './context.ts'
import { failUnlessFine, followOperation } from './operation-commands.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { bytes, state, table } from './print.ts'
import { confirm, findSite, operate } from './site-commands.ts'

interface Waiting {
  wait: boolean
}

export function addBackupCommands(program: Command, withContext: WithContext): void {
  const backup = program.command('backup').description('backups: create, list, drill, restore, schedule')

  backup
    .command('create <site>')
    .description('back up a site and prove that the backup restores')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(withContext(create))

  backup.command('list <site>').description('list the backups of a site').action(withContext(list))

  backup
    .command('drill <id>')
    .description('prove a stored backup again by restoring it for a test')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(
      withContext(async (context: Context, id: string, options: Waiting) => {
        await operate(context, askApi(context, 'POST /backups/{id}/drills', { path: { id } }), options)
      }),
    )

  backup
    .command('restore <id>')
    .description('restore a verified backup, as a new site or in place of what its site is now')
    .option('--as <name>', 'name of the new site')
    .option('--in-place', 'make the site what the backup shows; it is backed up first')
    .option('--yes', 'do not ask for the name of the site')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(withContext(restore))

  addBackupScheduleCommands(backup, withContext)
}

type RestoreOptions = Waiting & { as?: string; inPlace?: boolean; yes?: boolean }

async function restore(context: Context, id: string, options: RestoreOptions): Promise<void> {
  if ((options.as === undefined) === (options.inPlace !== true))
    throw new CommandFailure(exitCodes.usage, 'Say --as <name> for a new site, or --in-place. Nothing was changed.')
  if (options.as !== undefined) {
    const asked = { path: { id }, body: { name: options.as } }
    await operate(context, askApi(context, 'POST /backups/{id}/restorations', asked), options)
    return
  }
  const comparison = await askApi(context, 'GET /backups/{id}/comparison', { path: { id } })
  const { site } = comparison
  if (options.yes !== true) {
    for (const line of describeComparison(comparison)) context.output.note(line)
    await confirm(await findSite(context, site.name), 'Type its name to restore it to this moment')
  }
  const asked = { path: { id: site.id }, body: { backupId: id } }
  await operate(context, askApi(context, 'POST /sites/{id}/restorations', asked), options)
}

function describeComparison({ site, takenAt, comparable, tables, files }: BackupComparison): string[] {
  const changed = tables.filter((table) => table.changed !== false)
  const head = `${site.name} becomes what it was at ${takenAt}:`
  if (!comparable) return [head, '  What it holds now could not be counted.']
  if (changed.length === 0) return [head, '  No row differs.', `  files ${files.backedUp} then, ${files.now} now`]
  return [
    head,
    ...table(
      ['TABLE', 'ROWS THEN', 'ROWS NOW'],
      changed.map(({ name, rowsThen, rowsNow }) => [name, String(rowsThen), String(rowsNow ?? '-')]),
    ),
    `files ${files.backedUp} then, ${files.now} now`,
  ]
}

async function create(context: Context, siteName: string, { wait }: Waiting): Promise<void> {
  const site = await findSite(context, siteName)
  const begun = await askApi(context, 'POST /sites/{id}/backups', { path: { id: site.id } })
  if (!wait) {
    context.output.show(begun, () => [
      `Begun: operation ${begun.operation.id}. Follow it with: npx platen operation show --follow ${begun.operation.id}`,
    ])
    return
  }
  context.output.note(`${begun.operation.type} ${site.name}`)
  const operation = await followOperation(context, begun.operation)
  failUnlessFine(operation)
  const backup = await askApi(context, 'GET /backups/{id}', { path: { id: begun.backup.id } })
  context.output.show({ backup, operation }, () => [
    `${backup.id} is ${state(backup.state)}  ${sizeOf(backup)}, restored in ${timeOf(backup)}`,
  ])
}

async function list(context: Context, siteName: string): Promise<void> {
  const site = await findSite(context, siteName)
  const path = { id: site.id }
  const items = await allPages((query) => askApi(context, 'GET /sites/{id}/backups', { path, query }))
  context.output.show({ items }, () =>
    items.length === 0
      ? [`No backups yet. Make one: npx platen backup create ${site.name}`]
      : table(
          ['ID', 'STATE', 'TAKEN', 'SIZE', 'RESTORED IN'],
          items.map((item) => [item.id, state(item.state), item.takenAt ?? '-', sizeOf(item), timeOf(item)]),
        ),
  )
}

const sizeOf = ({ sizeBytes }: Backup): string => (sizeBytes === null ? '-' : bytes(sizeBytes))
const timeOf = ({ restoreMs }: Backup): string => (restoreMs === null ? '-' : `${(restoreMs / 1000).toFixed(1)} s`)
