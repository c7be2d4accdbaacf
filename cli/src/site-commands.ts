import type { Command } from 'commander'
import type { Operation, Site } from '../../openapi/manager.ts'
import { allPages, askApi } from './ask-api.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { failUnlessFine, followOperation } from './operation-commands.ts'
import { bytes, state, table } from './print.ts'
import type { Context, WithContext } from './context.ts'
import { ask } from './prompt.ts'

export function addSiteCommands(program: Command, withContext: WithContext): void {
  const site = program
    .command('site')
    .description('sites: create, list, open, suspend, resume, restart, archive, revive, drop')

  site
    .command('create <name>')
    .description('create a site and wait until it answers')
    .option('--plan <plan>', 'name of a plan (default: the first)')
    .option('--admin-email <email>', 'first administrator of the site (default: you)')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(withContext(create))

  site.command('list').description('list sites').action(withContext(list))

  site
    .command('open <name>')
    .description('print a link that opens the site as its administrator, once, within a minute')
    .action(
      withContext(async (context: Context, name: string) => {
        const found = await findSite(context, name)
        const ticket = await askApi(context, 'POST /sites/{id}/admin-tickets', { path: { id: found.id } })
        context.output.show(ticket, () => [ticket.url])
      }),
    )

  for (const { name, operation, description } of [
    {
      name: 'suspend',
      operation: 'PUT /sites/{id}/suspension',
      description: 'show visitors a page instead of the site',
    },
    { name: 'resume', operation: 'DELETE /sites/{id}/suspension', description: 'end a suspension' },
    {
      name: 'restart',
      operation: 'POST /sites/{id}/restarts',
      description: 'close connections, forget caches, serve afresh',
    },
    {
      name: 'archive',
      operation: 'PUT /sites/{id}/archival',
      description: 'keep its final backup for 30 days and its address, remove the rest',
    },
    { name: 'revive', operation: 'DELETE /sites/{id}/archival', description: 'bring an archived site back' },
  ] as const) {
    site
      .command(`${name} <name>`)
      .description(description)
      .option('--no-wait', 'answer as soon as it has begun')
      .action(
        withContext(async (context: Context, siteName: string, options: { wait: boolean }) => {
          const found = await findSite(context, siteName)
          await operate(context, askApi(context, operation, { path: { id: found.id } }), options)
        }),
      )
  }

  site
    .command('drop <name>')
    .description('remove a site with its database and files')
    .option('--yes', 'do not ask for the name again')
    .option('--no-wait', 'answer as soon as it has begun')
    .action(
      withContext(async (context: Context, name: string, options: { yes?: boolean; wait: boolean }) => {
        const found = await findSite(context, name)
        if (options.yes !== true) await confirm(found, 'Everything in it will be gone. Type its name to drop it')
        await operate(context, askApi(context, 'DELETE /sites/{id}', { path: { id: found.id } }), options)
      }),
    )
}

/** Asks for the site's name; another one ends the command. */
export async function confirm({ name, host }: Site, question: string): Promise<void> {
  const typed = await ask(`${host}: ${question}`, { setting: '--yes' })
  if (typed !== name) throw new CommandFailure(exitCodes.usage, 'The name does not match. Nothing was changed.')
}

async function create(
  context: Context,
  name: string,
  options: { plan?: string; adminEmail?: string; wait: boolean },
): Promise<void> {
  const adminEmail = options.adminEmail ?? (await ownEmail(context))
  const body = { name, adminEmail, ...(options.plan === undefined ? {} : { plan: options.plan }) }
  await operate(context, askApi(context, 'POST /sites', { body }), options)
}

async function ownEmail(context: Context): Promise<string> {
  return (await askApi(context, 'GET /auth/me')).user.email
}

/** Follows an operation that was asked for it unless told otherwise, shows how the site is afterwards. */
export async function operate(
  context: Context,
  asked: Promise<{ site: Site; operation: Operation }>,
  { wait }: { wait: boolean },
): Promise<void> {
  const begun = await asked
  if (!wait) {
    context.output.show(begun, () => [
      `Begun: operation ${begun.operation.id}. Follow it with: npx platen operation show --follow ${begun.operation.id}`,
    ])
    return
  }
  context.output.note(`${begun.operation.type} ${begun.site.name}`)
  const operation = await followOperation(context, begun.operation)
  failUnlessFine(operation)
  const site = await askApi(context, 'GET /sites/{id}', { path: { id: begun.site.id } })
  context.output.show({ site, operation }, () => [
    `${site.name} is ${state(site.state)}  ${site.state === 'active' ? site.url : ''}`.trimEnd(),
  ])
}

async function list(context: Context): Promise<void> {
  const items = await allPages((query) => askApi(context, 'GET /sites', { query }))
  context.output.show({ items }, () =>
    items.length === 0
      ? ['No sites yet. Create one: npx platen site create <name>']
      : table(
          ['NAME', 'STATE', 'PLAN', 'STORAGE', 'ADDRESS'],
          items.map((site) => [site.name, state(site.state), site.plan.title, storageOf(site), site.url]),
        ),
  )
}

/** What it takes of what its plan holds. */
export function storageOf({ usage, plan }: Pick<Site, 'usage' | 'plan'>): string {
  const limit = bytes(plan.maxStorageBytes)
  return usage === null ? `- of ${limit}` : `${bytes(usage.databaseBytes + usage.filesBytes)} of ${limit}`
}

/** By name, which is unique over the platform. */
export async function findSite(context: Context, name: string): Promise<Site> {
  const { items } = await askApi(context, 'GET /sites', { query: { limit: '200', search: name } })
  const found = items.find((site) => site.name === name || site.id === name)
  if (found === undefined)
    throw new CommandFailure(exitCodes.refused, `No site is called "${name}". List them: npx platen site list`)
  return found
}
