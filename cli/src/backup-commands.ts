import type { Command } from 'commander'
import type { Backup, BackupComparison, Operation, Page } from './api-types.ts'
import { addBackupScheduleCommands } from './backup-schedule-commands.ts'
import type { Context, WithContext } from './context.ts'
import { failUnlessFine, followOperation } from './operation-commands.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { bytes, state, table } from './print.ts'
import { authorized, confirm, findSite, operate } from './site-commands.ts'

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
        await operate(context, { method: 'POST', path: `/backups/${encodeURIComponent(id)}/drills` }, options)
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
  const backupPath = `/backups/${encodeURIComponent(id)}`
  if ((options.as === undefined) === (options.inPlace !== true))
    throw new CommandFailure(exitCodes.usage, 'Say --as <name> for a new site, or --in-place. Nothing was changed.')
  if (options.as !== undefined) {
    await operate(context, { method: 'POST', path: `${backupPath}/restorations`, body: { name: options.as } }, options)
    return
  }
  const comparison = (await authorized(context, { method: 'GET', path: `${backupPath}/comparison` }))
    .body as BackupComparison // contract of GET /backups/{id}/comparison
  const { site } = comparison
  if (options.yes !== true) {
    for (const line of describeComparison(comparison)) context.output.note(line)
    await confirm(await findSite(context, site.name), 'Type its name to restore it to this moment')
  }
  const body = { backupId: id }
  await operate(context, { method: 'POST', path: `/sites/${site.id}/restorations`, body }, options)
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
  const { body } = await authorized(context, { method: 'POST', path: `/sites/${site.id}/backups` })
  const begun = body as { backup: Backup; operation: Operation } // contract of POST /sites/{id}/backups
  if (!wait) {
    context.output.show(begun, () => [
      `Begun: operation ${begun.operation.id}. Follow it with: npx platen operation show --follow ${begun.operation.id}`,
    ])
    return
  }
  context.output.note(`${begun.operation.type} ${site.name}`)
  const operation = await followOperation(context, begun.operation)
  failUnlessFine(operation)
  const read = await authorized(context, { method: 'GET', path: `/backups/${begun.backup.id}` })
  const backup = read.body as Backup // contract of GET /backups/{id}
  context.output.show({ backup, operation }, () => [
    `${backup.id} is ${state(backup.state)}  ${sizeOf(backup)}, restored in ${timeOf(backup)}`,
  ])
}

async function list(context: Context, siteName: string): Promise<void> {
  const site = await findSite(context, siteName)
  const items: Backup[] = []
  let cursor: string | null = null
  do {
    const path: string = `/sites/${site.id}/backups?limit=200${cursor === null ? '' : `&cursor=${cursor}`}`
    const page = (await authorized(context, { method: 'GET', path })).body as Page<Backup> // contract of this route
    items.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== null)
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
