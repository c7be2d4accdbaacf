import { CONTROL_PLANE_DATABASE, SITE_GROUP_ROLES } from '@platen/kit/names'
import { literal } from './quoting.ts'
import { tagOf } from './site-statements.ts'

const groups = Object.values(SITE_GROUP_ROLES).map(literal).join(', ')

export const databaseList = `
  select datname as name, ${tagOf('oid')} as tag, datistemplate as template, datconnlimit = -2 as "halfDropped"
  from pg_database
  where datname not in ('postgres', 'template0', 'template1', '${CONTROL_PLANE_DATABASE}')
  order by datname`

export const siteLoginRoles = `
  select distinct login.rolname as name
  from pg_auth_members member
  join pg_roles login on login.oid = member.member and login.rolcanlogin and login.rolname <> current_user
  join pg_roles team on team.oid = member.roleid and team.rolname in (${groups})
  order by 1`

// A database that is being created has its folder before its row. Its creator is at work, so the folder is younger than
// the creator's statement; an orphan is older than every creator that lives.
export const orphanDirectories = `
  with folders as materialized (
    select folder, (pg_stat_file('base/' || folder, true)).modification as modified
    from pg_ls_dir('base', true, false) folder where folder ~ '^[0-9]+$'),
  creators as materialized (
    select coalesce(min(query_start), 'infinity') as since from pg_stat_activity
    where state = 'active' and pid <> pg_backend_pid() and query ~* '^\\s*create\\s+database')
  select folder as oid, coalesce((
      select sum((pg_stat_file('base/' || folder || '/' || file, true)).size)
      from pg_ls_dir('base/' || folder, true, false) file), 0)::text as size
  from folders, creators
  where not exists (select from pg_database where oid = folder::oid)
    and modified is not null and modified < since
  order by folder::bigint`

/** Only sessions of roles that we may act for: a superuser's are not ours to end. */
export function endSessionsBy(prefix: string, except: string | undefined): string {
  return `select count(*) filter (where ended)::int as ended from (
    select pg_terminate_backend(pid, 5000) as ended from pg_stat_activity
    where starts_with(application_name, ${literal(prefix)}) and pid <> pg_backend_pid()
      and application_name is distinct from ${except === undefined ? 'null' : literal(except)}
      and pg_has_role(current_user, usesysid, 'usage')) sessions`
}
