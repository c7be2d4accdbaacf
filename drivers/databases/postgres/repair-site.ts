import { SITE_GROUP_ROLES } from '@platen/kit/names'
import type pg from 'pg'
import { DriverError } from '../../errors/index.ts'
import type { SiteDatabaseRequest } from '../contract.ts'
import { finish, type Wire } from './client.ts'
import { databaseFacts, roleFacts, strangersIn } from './inspect-sites.ts'
import { ident } from './quoting.ts'
import * as site from './site-statements.ts'

/** Everything in one transaction: roles that exist stay what they are, or become what they should be, together. */
export async function repairSite(
  wire: Wire,
  request: SiteDatabaseRequest,
  verifiers: ReadonlyMap<string, string>,
): Promise<void> {
  const { name, tag, roles } = request
  const [found] = await wire.run<site.Observation>(site.lockName(name) + site.observe(name))
  if (found?.exists !== true || found.half_dropped || found.template) {
    throw new DriverError('not-found', `there is no database ${name} to repair`)
  }
  if (found.tag !== tag)
    throw new DriverError('refused', `the database ${name} belongs to ${found.tag ?? 'nobody'}, not to ${tag}`)
  const [database] = await wire.run<{ rights: string[] } & pg.QueryResultRow>(databaseFacts([name]))
  const present = await wire.run<{ name: string; groups: string[] } & pg.QueryResultRow>(
    roleFacts(roles.map((role) => role.name)),
  )
  const cleaning = present.flatMap((role) => [
    `alter role ${ident(role.name)} with nocreatedb nocreaterole valid until 'infinity'; alter role ${ident(role.name)} reset all;`,
    // Its own group too: who joined it with another right than wanted keeps that right until it leaves.
    ...role.groups.map((group) => `revoke ${ident(group.split(' ')[0] ?? '')} from ${ident(role.name)};`),
  ])
  const strangers = strangersIn(database?.rights ?? [], roles).filter((stranger) => stranger !== 'public')
  const revokes = strangers.map((stranger) => `revoke all on database ${ident(name)} from ${ident(stranger)};`)
  await wire.run(
    finish(
      [
        ...cleaning,
        site.ensureRoles(request, verifiers),
        ...revokes,
        `revoke all on database ${ident(name)} from ${Object.values(SITE_GROUP_ROLES).join(', ')};`,
        `alter database ${ident(name)} connection limit -1;`,
        site.handOver(request),
      ].join('\n'),
    ),
  )
}
