import type { Command } from 'commander'
import type { AuditEntry, AuditVerification, Page } from './api-types.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'
import { authorized, findSite } from './site-commands.ts'

interface Filters {
  action?: string
  resource?: string
  resourceId?: string
  actor?: string
  since?: string
  until?: string
  text?: string
}

export function addAuditCommands(program: Command, withContext: WithContext): void {
  const audit = program.command('audit').description('who did what: list, export, prove')

  withFilters(audit.command('list').description('the newest entries first'))
    .option('--limit <count>', 'how many, 1 to 200', '50')
    .action(
      withContext(async (context: Context, { limit, ...filters }: Filters & { limit: string }) => {
        const query = queryOf({ limit }, filters)
        const page = (await authorized(context, { method: 'GET', path: `/audit-entries?${query}` }))
          .body as Page<AuditEntry> // contract of GET /audit-entries
        context.output.show(page, () => (page.items.length === 0 ? ['No such entry.'] : linesOf(page.items)))
      }),
    )

  withFilters(audit.command('export').description('write entries to standard output; the export is audited itself'))
    .option('--format <format>', 'csv or json (one entry per line)', 'csv')
    .action(
      withContext(async ({ client, session }: Context, { format, ...filters }: Filters & { format: string }) => {
        const path = `/audit-exports?${queryOf({ format }, filters)}`
        const accessToken = await session.accessToken()
        for await (const chunk of client.download({ method: 'GET', path, accessToken })) process.stdout.write(chunk)
      }),
    )

  audit
    .command('verify')
    .description('compare the trail with its seals and anchors; names the first entry that does not fit')
    .option('--site <name>', 'the trail of a site (opens it as its administrator) instead of the control plane')
    .action(withContext(verify))
}

const withFilters = (command: Command): Command =>
  command
    .option('--action <action>', 'for instance site.suspended')
    .option('--resource <kind>', 'kind of thing')
    .option('--resource-id <id>', 'one thing')
    .option('--actor <part>', 'who: a part of the e-mail address')
    .option('--since <time>', 'RFC 3339, included')
    .option('--until <time>', 'not included')
    .option('--text <text>', 'anywhere in action, actor, resource id, address or changes')

function queryOf(fixed: Record<string, string>, filters: Filters): URLSearchParams {
  const named = {
    'filter[action]': filters.action,
    'filter[resource]': filters.resource,
    'filter[resourceId]': filters.resourceId,
    'filter[actor][like]': filters.actor,
    'filter[at][gte]': filters.since,
    'filter[at][lt]': filters.until,
    search: filters.text,
  }
  const given = Object.entries(named).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return new URLSearchParams([...Object.entries(fixed), ...given])
}

const linesOf = (entries: readonly AuditEntry[]): string[] =>
  table(
    ['WHEN', 'WHO', 'DID', 'WITH', 'FROM', 'SEALED'],
    entries.map(({ at, actor, action, resource, resourceId, ip, seal }) => [
      at,
      actor.label,
      action,
      resourceId === null ? resource : `${resource} ${resourceId}`,
      ip ?? '',
      seal === null ? 'not yet' : String(seal.number),
    ]),
  )

async function verify(context: Context, { site }: { site?: string }): Promise<void> {
  const found = site === undefined ? await ofPlatform(context) : await ofSite(context, site)
  const { ok, checked, firstBad, unsealed, anchors } = found
  context.output.show(found, () => [
    `${state(ok ? 'ok' : 'broken')}  ${checked} entries checked, ${unsealed} not sealed yet, ${anchors.checked} anchors` +
      (anchors.lastAt === null ? '' : `, the last of ${anchors.lastAt}`),
    ...(firstBad === null
      ? []
      : [
          `First that does not fit: ${firstBad.entryId ?? 'an entry that is gone'} of ${firstBad.at ?? 'an unknown time'} (${firstBad.why}).`,
          'What it means: docs/operate/audit.md.',
        ]),
  ])
  if (!ok) throw new CommandFailure(exitCodes.refused, 'The audit trail does not fit its seals.')
}

const ofPlatform = async (context: Context): Promise<AuditVerification> =>
  (await authorized(context, { method: 'POST', path: '/audit-verifications' })).body as AuditVerification // contract

/** With a single-use ticket, as `platen site open` makes it: the site's own trail tells of it. */
async function ofSite(context: Context, name: string): Promise<AuditVerification> {
  const { client } = context
  const { id, host } = await findSite(context, name)
  const made = await authorized(context, { method: 'POST', path: `/sites/${id}/admin-tickets` })
  const ticket = new URLSearchParams(new URL((made.body as { url: string }).url).hash.slice(1)).get('ticket') // contract
  const opened = await client.call({ method: 'POST', path: '/auth/tickets', host, body: { ticket } })
  const { accessToken } = opened.body as { accessToken: string } // contract of /auth/tickets
  const { body } = await client.call({ method: 'POST', path: '/audit-verifications', host, accessToken })
  return body as AuditVerification // contract of /audit-verifications
}
