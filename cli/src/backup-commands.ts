import type { Command } from 'commander'
import type { Backup, Operation, Page } from './api-types.ts'
import type { Context, WithContext } from './context.ts'
import { failUnlessFine, followOperation } from './operation-commands.ts'
import { bytes, state, table } from './print.ts'
import { authorized, findSite, operate } from './site-commands.ts'

interface Waiting {
  wait: boolean
}

export function addBackupCommands(program: Command, withContext: WithContext): void {
  const backup = program.command('backup').description('backups: create, list, restore')

  backup
    .command('create <site>')
    .description('back up a site and prove that the backup restores')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(withContext(create))

  backup.command('list <site>').description('list the backups of a site').action(withContext(list))

  backup
    .command('restore <id>')
    .description('restore a verified backup as a new site')
    .requiredOption('--as <name>', 'name of the new site')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(
      withContext(async (context: Context, id: string, options: Waiting & { as: string }) => {
        const path = `/backups/${encodeURIComponent(id)}/restorations`
        await operate(context, { method: 'POST', path, body: { name: options.as } }, options)
      }),
    )
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
