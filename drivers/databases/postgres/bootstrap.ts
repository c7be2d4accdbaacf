// Once per server, and again at each start because it is idempotent: the roles everything else rests on, and the doors
// that PostgreSQL leaves open by default. Needs a superuser; nothing after it does.
import { CONTROL_PLANE_DATABASE, CONTROL_PLANE_ROLES, PROVISIONER_ROLE, SITE_GROUP_ROLES } from '@platen/kit/names'
import type { Secret } from '@platen/kit/secrets'
import { clientConfig, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import { toDriverError } from './errors.ts'
import { ident, literal } from './quoting.ts'
import { scramVerifier } from './scram.ts'

export interface ServerPasswords {
  provisioner: Secret
  owner: Secret
  api: Secret
  worker: Secret
}

/**
 * Prepares a server: the provisioner (CREATEDB, CREATEROLE, not a superuser), the groups of the site roles, the control
 * plane's roles and database; closes `postgres`, `template1` and the control plane to PUBLIC. Passwords are set to the
 * given ones. Safe to repeat and to race.
 */
export async function bootstrapServer(superuser: Connection, passwords: ServerPasswords): Promise<void> {
  try {
    await inDatabase({ ...superuser, database: 'postgres' }, async (client) => {
      await client.query(`select pg_advisory_lock(hashtextextended('platen.bootstrap', 0))`)
      await client.query(await roleStatements(passwords))
      await client.query(closeMaintenanceDatabases)
      await createControlPlane(client)
    })
    const closeSchema = (client: pg.Client): Promise<unknown> => client.query('revoke all on schema public from public')
    for (const database of ['template1', CONTROL_PLANE_DATABASE])
      await inDatabase({ ...superuser, database }, closeSchema)
  } catch (error) {
    throw toDriverError(error, 'preparing the database server')
  }
}

async function roleStatements(passwords: ServerPasswords): Promise<string> {
  const [provisioner, owner, api, worker] = await Promise.all(
    [passwords.provisioner, passwords.owner, passwords.api, passwords.worker].map((password) =>
      scramVerifier(password),
    ),
  )
  const plain = 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
  const group = 'nologin nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
  const provisionerRights = 'login nosuperuser createdb createrole noreplication nobypassrls'
  const roles = [
    ensureRole(PROVISIONER_ROLE, `${provisionerRights} password ${literal(provisioner ?? '')}`),
    ensureRole(CONTROL_PLANE_ROLES.owner, `login ${plain} password ${literal(owner ?? '')}`),
    ensureRole(CONTROL_PLANE_ROLES.api, `login ${plain} password ${literal(api ?? '')}`),
    ensureRole(CONTROL_PLANE_ROLES.worker, `login ${plain} password ${literal(worker ?? '')}`),
    ...Object.values(SITE_GROUP_ROLES).map((name) => ensureRole(name, group)),
  ]
  const grants = Object.values(SITE_GROUP_ROLES).map(
    (name) => `grant ${name} to ${PROVISIONER_ROLE} with admin true, inherit true, set true;`,
  )
  // The provisioner may end the sessions of the roles it makes because it inherits them.
  return `do ${literal(`begin ${roles.join(' ')} end`)}; ${grants.join(' ')}
    alter role ${PROVISIONER_ROLE} set createrole_self_grant = 'set, inherit';
    grant pg_read_all_stats to ${PROVISIONER_ROLE};`
}

function ensureRole(name: string, attributes: string): string {
  return `if exists (select from pg_roles where rolname = '${ident(name)}') then alter role ${name} with ${attributes};
    else create role ${name} with ${attributes}; end if;`
}

// The file functions are for finding folders that a killed CREATE DATABASE left behind.
const closeMaintenanceDatabases = `
  revoke all on database postgres, template1 from public;
  revoke all on schema public from public;
  grant connect on database postgres to ${PROVISIONER_ROLE};
  grant execute on function pg_ls_dir(text), pg_ls_dir(text, boolean, boolean), pg_stat_file(text), pg_stat_file(text, boolean)
    to ${PROVISIONER_ROLE};`

async function createControlPlane(client: pg.Client): Promise<void> {
  const { owner, api, worker } = CONTROL_PLANE_ROLES
  const found = await client.query<{ half: boolean }>(
    'select datconnlimit = -2 as half from pg_database where datname = $1',
    [CONTROL_PLANE_DATABASE],
  )
  if (found.rows[0]?.half) await client.query(`drop database ${CONTROL_PLANE_DATABASE}`)
  if (found.rows[0]?.half !== false) {
    await client.query(`create database ${CONTROL_PLANE_DATABASE} owner ${owner} template template0 strategy wal_log`)
  }
  await client.query(`revoke all on database ${CONTROL_PLANE_DATABASE} from public;
    grant connect, temporary on database ${CONTROL_PLANE_DATABASE} to ${owner}, ${api}, ${worker};`)
}

async function inDatabase(connection: Connection, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client(clientConfig(connection))
  client.on('error', () => {})
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
