// pg_restore and what belongs around it, so that the result is like a database made from a template:
// - everything belongs to the owners' group, because pg_restore acts as it (--role) and ignores owners (--no-owner)
// - the grants to the group roles come out of the archive, given by the same group
// - the schema public, which belongs to the database's owner and not to the group, is closed as in a template
// - tables with rows have statistics; empty ones have none, as in a template (see docs: architecture of a site database)
import type { Readable } from 'node:stream'
import { SITE_GROUP_ROLES } from '@platen/kit/names'
import { clientConfig, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import { DriverError, throwIfAborted } from '../../../errors/index.ts'
import type { RestoreSiteRequest } from '../../contract.ts'
import { ident, literal } from '../quoting.ts'
import type { PgTools } from './pg-tools.ts'
import { restoreDatabase } from './restore.ts'

/** `provisioner`: its connection to the database that is restored into. */
export async function restoreSite(
  request: RestoreSiteRequest,
  surroundings: { provisioner: Connection; tools: () => Promise<PgTools> },
  signal: AbortSignal | undefined,
): Promise<void> {
  const { provisioner } = surroundings
  const owner = SITE_GROUP_ROLES.owner
  try {
    await inDatabase(provisioner, (client) => refuseUnlessReady(client, request, owner))
    const tools = await surroundings.tools()
    throwIfAborted(signal, `restoring into the database ${request.database}`)
    await restoreDatabase({ tools, target: targetOf(request, provisioner), owner, archive: request.archive }, signal)
    await inDatabase(provisioner, finishSite)
  } finally {
    release(request.archive)
  }
}

function targetOf(request: RestoreSiteRequest, provisioner: Connection) {
  const { database, user, password, session } = request
  return { host: provisioner.host, port: provisioner.port ?? 5432, database, user, password, session }
}

interface Readiness {
  objects: string | null
  strong: boolean | null
  member: boolean | null
}

async function refuseUnlessReady(client: pg.Client, request: RestoreSiteRequest, owner: string): Promise<void> {
  const { database, user } = request
  const { rows } = await client.query<Readiness>(
    `select (select string_agg(nspname, ', ') from pg_namespace
              where nspname !~ '^pg_' and nspname not in ('information_schema', 'public')
                 or nspname = 'public' and exists (select from pg_class where relnamespace = pg_namespace.oid)) as objects,
            rolsuper or rolcreatedb or rolcreaterole or rolreplication or rolbypassrls as strong,
            pg_has_role(rolname, ${literal(owner)}, 'set') as member
     from (select) one left join pg_roles on rolname = ${literal(ident(user))}`,
  )
  const [found] = rows
  if (found?.strong == null) throw new DriverError('not-found', `there is no role ${user} to restore as`)
  if (found.strong) throw new DriverError('refused', `the role ${user} may do too much to restore as`)
  if (!found.member) throw new DriverError('refused', `the role ${user} is not an owner of sites`)
  if (found.objects !== null) throw new DriverError('refused', `${database} is not empty: it has ${found.objects}`)
}

async function finishSite(client: pg.Client): Promise<void> {
  await client.query('revoke all on schema public from public')
  const { rows } = await client.query<{ name: string }>(
    `select oid::regclass::text as name from pg_class
     where relkind = 'r' and relnamespace::regnamespace::text !~ '^(pg_|information_schema)' and pg_relation_size(oid) > 0`,
  )
  if (rows.length > 0) await client.query(`analyze ${rows.map(({ name }) => name).join(', ')}`)
}

async function inDatabase(connection: Connection, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(clientConfig(connection))
  client.on('error', () => {})
  try {
    await client.connect()
    await work(client)
  } finally {
    await client.end().catch(() => {})
  }
}

// Nobody reads it after us; one that was refused before its first byte may hold files and connections open.
function release(archive: Readable): void {
  archive.on('error', () => {})
  archive.destroy()
}
