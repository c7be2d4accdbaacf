import type { Command } from 'commander'
import type { AuditEntry, AuditVerification } from '../../openapi/manager.ts'
import { requestOf } from '../../openapi/client.ts'
import type { Operations as SiteOperations } from '../../openapi/site.ts'
import { askApi } from './ask-api.ts'
import type { Context, WithContext } from './context.ts'
import { CommandFailure, exitCodes } from './failures.ts'
import { state, table } from './print.ts'
import { findSite } from './site-commands.ts'

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
        const page = await askApi(context, 'GET /audit-entries', { query: { limit, ...filtersOf(filters) } })
        context.output.show(page, () => (page.items.length === 0 ? ['No such entry.'] : linesOf(page.items)))
      }),
    )

  withFilters(audit.command('export').description('write entries to standard output; the export is audited itself'))
    .option('--format <format>', 'csv or json (one entry per line)', 'csv')
    .action(
      withContext(async ({ client, session }: Context, { format, ...filters }: Filters & { format: string }) => {
        const asked = requestOf('GET /audit-exports', { query: { format, ...filtersOf(filters) } })
        const accessToken = await session.accessToken()
        for await (const chunk of client.download({ ...asked, accessToken })) process.stdout.write(chunk)
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

const filtersOf = ({
  action = '',
  resource = '',
  resourceId = '',
  actor = '',
  since = '',
  until = '',
  text = '',
}: Filters) => ({
  'filter[action]': action,
  'filter[resource]': resource,
  'filter[resourceId]': resourceId,
  'filter[actor][like]': actor,
  'filter[at][gte]': since,
  'filter[at][lt]': until,
  search: text,
})

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

const ofPlatform = (context: Context): Promise<AuditVerification> => askApi(context, 'POST /audit-verifications')

/** With a single-use ticket, as `platen site open` makes it: the site's own trail tells of it. */
async function ofSite(context: Context, name: string): Promise<AuditVerification> {
  const { client } = context
  const { id, host } = await findSite(context, name)
  const { url } = await askApi(context, 'POST /sites/{id}/admin-tickets', { path: { id } })
  const ticket = new URLSearchParams(new URL(url).hash.slice(1)).get('ticket')
  const opened = await client.call({ method: 'POST', path: '/auth/tickets', host, body: { ticket } })
  const { accessToken } = opened.body as SiteOperations['POST /auth/tickets']['answer'] // of the site's document
  const { body } = await client.call({ method: 'POST', path: '/audit-verifications', host, accessToken })
  return body as SiteOperations['POST /audit-verifications']['answer'] // of the site's document
}
