import type { Command } from 'commander'
import type { Page, Tenant } from './api-types.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'
import { authorized } from './site-commands.ts'

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
        await move(context, given, { method: 'PUT', body })
      }),
    )

  tenant
    .command('resume <tenant>')
    .description('let an organisation in again, with the sites that went with it (short name or id)')
    .action(withContext((context: Context, given: string) => move(context, given, { method: 'DELETE' })))
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
  const answer = await authorized(context, { method: 'POST', path: '/tenants', body })
  // contract of POST /tenants
  const made = answer.body as { tenant: Tenant; invitation: { email: string; expiresAt: string } | null }
  context.output.show(made, () => [
    ...factsOf(made.tenant),
    made.invitation === null
      ? 'You own it. Go there in the console.'
      : `${made.invitation.email} is invited as its owner until ${made.invitation.expiresAt}.`,
  ])
}

/** Suspends or resumes; the operations of its sites go on by themselves. */
async function move(context: Context, given: string, call: { method: 'PUT' | 'DELETE'; body?: object }): Promise<void> {
  const { id } = await findTenant(context, given)
  const { body } = await authorized(context, { ...call, path: `/tenants/${id}/suspension` })
  const moved = body as { tenant: Tenant; operationIds: string[] } // contract of /tenants/{id}/suspension
  context.output.show(moved, () => [
    `${moved.tenant.name} is ${state(moved.tenant.state)}.`,
    ...moved.operationIds.map((operation) => `Operation ${operation} began: npx platen operation show ${operation}`),
  ])
}

async function listTenants(context: Context, search: string | undefined): Promise<Page<Tenant>> {
  const query = search === undefined ? '' : `&search=${encodeURIComponent(search)}`
  const { body } = await authorized(context, { method: 'GET', path: `/tenants?limit=200${query}` })
  return body as Page<Tenant> // contract of GET /tenants
}

async function findTenant(context: Context, given: string): Promise<Tenant> {
  const { items } = await listTenants(context, isId(given) ? undefined : given)
  const found = items.find(({ id, slug }) => id === given || slug === given.toLowerCase())
  if (found !== undefined) return found
  if (!isId(given)) throw new CommandFailure(exitCodes.refused, `No organisation has the short name ${given}.`)
  const { body } = await authorized(context, { method: 'GET', path: `/tenants/${given}` })
  return body as Tenant // contract of GET /tenants/{id}
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
