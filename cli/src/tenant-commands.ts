import type { Command } from 'commander'
import type { Tenant } from '../../openapi/manager.ts'
import { askApi, type AnswerOf } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'

export function addTenantCommands(program: Command, withContext: WithContext): void {
  const tenant = program.command('tenant').description('organisations: list, show, create, suspend, resume (operators)')

  tenant
    .command('list')
    .description('list organisations, newest first')
    .option('--search <text>', 'part of name or short name')
    .action(
      withContext(async (context: Context, { search }: { search?: string }) => {
        const page = await listTenants(context, search)
        context.output.show(page, () => (page.items.length === 0 ? ['No organisation.'] : linesOf(page.items)))
      }),
    )

  tenant
    .command('show <tenant>')
    .description('tell about an organisation (short name or id)')
    .action(
      withContext(async (context: Context, given: string) => {
        const found = await findTenant(context, given)
        context.output.show(found, () => factsOf(found))
      }),
    )

  tenant
    .command('create <name>')
    .description('make an organisation; its owner is invited by mail, or is you')
    .option('--owner <email>', 'whom to invite as its owner (default: you own it)')
    .option('--slug <slug>', 'short name (default: made from the name)')
    .option('--plan <plan>', 'name of a plan (default: the first)')
    .option('--max-sites <count>', 'how many sites it may have')
    .action(withContext(create))

  tenant
    .command('suspend <tenant>')
    .description('shut an organisation out, with its sites (short name or id)')
    .option('--reason <text>', 'kept with the organisation and in the audit trail')
    .action(
      withContext(async (context: Context, given: string, { reason }: { reason?: string }) => {
        const body = reason === undefined ? {} : { reason }
        await move(context, given, (path) => askApi(context, 'PUT /tenants/{id}/suspension', { path, body }))
      }),
    )

  tenant
    .command('resume <tenant>')
    .description('let an organisation in again, with the sites that went with it (short name or id)')
    .action(
      withContext((context: Context, given: string) =>
        move(context, given, (path) => askApi(context, 'DELETE /tenants/{id}/suspension', { path })),
      ),
    )
}

interface CreateOptions {
  owner?: string
  slug?: string
  plan?: string
  maxSites?: string
}

async function create(context: Context, name: string, options: CreateOptions): Promise<void> {
  const body = {
    name,
    ...(options.owner === undefined ? {} : { ownerEmail: options.owner }),
    ...(options.slug === undefined ? {} : { slug: options.slug }),
    ...(options.plan === undefined ? {} : { plan: options.plan }),
    ...(options.maxSites === undefined ? {} : { maxSites: Number(options.maxSites) }),
  }
  const made = await askApi(context, 'POST /tenants', { body })
  context.output.show(made, () => [
    ...factsOf(made.tenant),
    made.invitation === null
      ? 'You own it. Go there in the console.'
      : `${made.invitation.email} is invited as its owner until ${made.invitation.expiresAt}.`,
  ])
}

/** Suspends or resumes; the operations of its sites go on by themselves. */
async function move(
  context: Context,
  given: string,
  begin: (path: { id: string }) => Promise<AnswerOf<'PUT /tenants/{id}/suspension'>>,
): Promise<void> {
  const { id } = await findTenant(context, given)
  const moved = await begin({ id })
  context.output.show(moved, () => [
    `${moved.tenant.name} is ${state(moved.tenant.state)}.`,
    ...moved.operationIds.map((operation) => `Operation ${operation} began: npx platen operation show ${operation}`),
  ])
}

const listTenants = (context: Context, search = '') =>
  askApi(context, 'GET /tenants', { query: { limit: '200', search } })

async function findTenant(context: Context, given: string): Promise<Tenant> {
  const { items } = await listTenants(context, isId(given) ? undefined : given)
  const found = items.find(({ id, slug }) => id === given || slug === given.toLowerCase())
  if (found !== undefined) return found
  if (!isId(given)) throw new CommandFailure(exitCodes.refused, `No organisation has the short name ${given}.`)
  return askApi(context, 'GET /tenants/{id}', { path: { id: given } })
}

const isId = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

const linesOf = (tenants: readonly Tenant[]): string[] =>
  table(
    ['NAME', 'SHORT NAME', 'STATE', 'PLAN', 'SITES', 'SINCE'],
    tenants.map((item) => [
      item.name,
      item.slug,
      state(item.state),
      item.plan.name,
      `${item.siteCount} of ${item.maxSites}`,
      item.createdAt,
    ]),
  )

/** Exported for its test. */
export const factsOf = (tenant: Tenant): string[] => [
  `name        ${tenant.name}`,
  `short name  ${tenant.slug}`,
  `id          ${tenant.id}`,
  `state       ${state(tenant.state)}`,
  ...(tenant.suspension === null
    ? []
    : [
        `suspended   ${tenant.suspension.since} by ${tenant.suspension.by}: ${tenant.suspension.reason ?? 'no reason given'}`,
      ]),
  `domain      ${tenant.domain ?? '-'}`,
  `plan        ${tenant.plan.title}`,
  `sites       ${tenant.siteCount} of ${tenant.maxSites}`,
  `since       ${tenant.createdAt}`,
]
