// The SQL of site databases: pure text, so that what is sent can be read in one place.
import { SITE_GROUP_ROLES } from '@platen/kit/names'
import type { SiteDatabaseRequest, SiteRole, SiteRoleKind } from '../contract.ts'
import { count, ident, literal } from './quoting.ts'

/** What the server knows about one database name. */
export interface Observation {
  exists: boolean
  ours: boolean
  tag: string | null
  template: boolean
  half_dropped: boolean
}

/** Comment of our databases: this prefix and the tag. A database without one was never handed over to anybody. */
const tagPrefix = 'platen:'
export const templateReadyTag = 'template'

/**
 * Takes the lock on a name: two callers (or a caller and its predecessor whose statement still runs) work one after the
 * other. Session-level, because CREATE DATABASE runs in no transaction; it ends with the session at the latest.
 */
export function lockName(name: string): string {
  return `select pg_advisory_lock(hashtextextended('platen.database.${ident(name)}', 0));`
}

export function observe(name: string): string {
  return `select exists, ours, tag, template, half_dropped from (
    select true as exists, pg_has_role(current_user, datdba, 'usage') as ours, ${tagOf('oid')} as tag,
      datistemplate as template, datconnlimit = -2 as half_dropped, 0 as rank
    from pg_database where datname = '${ident(name)}'
    union all select false, false, null, false, false, 1) found
    order by rank limit 1;`
}

export function tagOf(oid: string): string {
  const comment = `shobj_description(${oid}, 'pg_database')`
  return `case when ${comment} like '${tagPrefix}%' then substr(${comment}, ${tagPrefix.length + 1}) end`
}

export function commentTag(name: string, tag: string): string {
  return `comment on database ${ident(name)} is ${literal(tagPrefix + tag)};`
}

/** Makes or resets the roles, unless the name belongs to somebody else. Verifiers by role name. */
export function ensureRoles(request: SiteDatabaseRequest, verifiers: ReadonlyMap<string, string>): string {
  const stranger = `select from pg_database where datname = '${ident(request.name)}' and datconnlimit <> -2
      and (${tagOf('oid')} is distinct from ${literal(request.tag)})
      and (${tagOf('oid')} is not null or not pg_has_role(current_user, datdba, 'usage'))`
  const body = request.roles.map((role) => ensureRole(role, verifiers.get(role.name) ?? '')).join('\n')
  return `do ${literal(`begin if exists (${stranger}) then return; end if; ${body} end`)};`
}

/** `strategy wal_log`: no checkpoint, tens of milliseconds (file_copy flushes everything dirty: seconds on a busy server). */
export function createDatabase(name: string, template: string | null): string {
  // Closed until handed over: a fresh database lets every role of the server in.
  return `create database ${ident(name)} template ${template === null ? 'template0' : ident(template)} strategy wal_log allow_connections false`
}

/**
 * Opens the database to exactly its roles, and tags it, in one transaction. CREATE goes to the owners' group and not to a
 * role, because migrations run with SET ROLE; only who may connect can use it.
 */
export function handOver(request: SiteDatabaseRequest): string {
  const name = ident(request.name)
  const logins = request.roles.map((role) => ident(role.name)).join(', ')
  return `revoke all on database ${name} from public;
    ${logins === '' ? '' : `grant connect on database ${name} to ${logins};`}
    grant create, temporary on database ${name} to ${SITE_GROUP_ROLES.owner};
    grant temporary on database ${name} to ${SITE_GROUP_ROLES.app};
    alter database ${name} with allow_connections true;
    ${commentTag(name, request.tag)}`
}

export function dropRoles(roles: readonly string[]): string {
  return roles.length === 0 ? '' : `drop role if exists ${roles.map(ident).join(', ')};`
}

// Limits that a role cannot lift itself are its connection limit and the server's temp_file_limit. The timeouts are
// defaults of its sessions: they protect from accidents, not from somebody who runs his own SQL.
export const timeouts: Record<SiteRoleKind, Record<string, string>> = {
  owner: { lock_timeout: '5s', idle_in_transaction_session_timeout: '30s' },
  app: { statement_timeout: '30s', lock_timeout: '5s', idle_in_transaction_session_timeout: '30s' },
  reader: { statement_timeout: '30s', lock_timeout: '5s', idle_in_transaction_session_timeout: '30s' },
  dumper: { lock_timeout: '5s' },
}

function ensureRole(role: SiteRole, verifier: string): string {
  const name = ident(role.name)
  // The owner migrates with SET ROLE, so that what it makes belongs to the group, as in the template.
  const canSet = role.kind === 'owner'
  const attributes = `login password ${literal(verifier)} connection limit ${count(role.connectionLimit)}`
  const settings = Object.entries(timeouts[role.kind]).map(
    ([key, value]) => `alter role ${name} set ${key} = '${value}';`,
  )
  return `if exists (select from pg_roles where rolname = '${name}') then alter role ${name} with ${attributes};
    else create role ${name} with ${attributes}; end if;
    grant ${SITE_GROUP_ROLES[role.kind]} to ${name} with inherit true, set ${canSet};
    ${settings.join(' ')}`
}
