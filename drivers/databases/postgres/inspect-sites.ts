import { SITE_GROUP_ROLES } from '@platen/kit/names'
import { clientConfig, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import type { SiteExpectation, SiteInspection, SiteRole } from '../contract.ts'
import { finish, type Wire } from './client.ts'
import { ident, literal } from './quoting.ts'
import { tagOf, timeouts } from './site-statements.ts'

interface RoleFacts {
  name: string
  login: boolean
  limit: number
  /** Superuser, createdb, createrole, replication, bypassrls: whatever a site's role never has. */
  powers: string[]
  expires: boolean
  settings: string[]
  /** `<group> <inherit> <set>` */
  groups: string[]
}

interface DatabaseFacts {
  name: string
  tag: string | null
  template: boolean
  half_dropped: boolean
  open: boolean
  limit: number
  /** `<role> <PRIVILEGE>`, `public` for everybody; its own owner left out. */
  rights: string[]
}

/** What an access list must hold for a site's database, and nothing else. */
function expectedRights(roles: readonly SiteRole[]): string[] {
  return [
    ...roles.map(({ name }) => `${name} CONNECT`),
    `${SITE_GROUP_ROLES.owner} CREATE`,
    `${SITE_GROUP_ROLES.owner} TEMPORARY`,
    `${SITE_GROUP_ROLES.app} TEMPORARY`,
  ]
}

/** Two questions for all sites together: a look at hundreds costs milliseconds. */
export async function inspectSites(wire: Wire, expected: readonly SiteExpectation[]): Promise<SiteInspection[]> {
  const databases = await wire.run<DatabaseFacts>(databaseFacts(expected.map(({ name }) => name)))
  const roles = await wire.run<RoleFacts>(roleFacts(expected.flatMap((site) => site.roles.map(({ name }) => name))))
  await wire.run(finish())
  const databasesByName = new Map(databases.map((facts) => [facts.name, facts]))
  const rolesByName = new Map(roles.map((facts) => [facts.name, facts]))
  return expected.map((site) => {
    const found = databasesByName.get(site.name)
    const exists = found !== undefined && !found.half_dropped && !found.template
    const wrong = exists
      ? [
          ...site.roles.flatMap((role) => wrongWithRole(role, rolesByName.get(role.name))),
          ...wrongWithDatabase(site, found),
        ]
      : []
    return { name: site.name, exists, halfDropped: found?.half_dropped ?? false, tag: found?.tag ?? null, wrong }
  })
}

/** Roles and privileges on a database that no site's database has. */
export function strangersIn(rights: readonly string[], roles: readonly SiteRole[]): string[] {
  const expected = expectedRights(roles)
  return [...new Set(rights.filter((right) => !expected.includes(right)).map((right) => right.split(' ')[0] ?? ''))]
}

export function databaseFacts(names: readonly string[]): string {
  return `select datname as name, ${tagOf('oid')} as tag, datistemplate as template, datconnlimit = -2 as half_dropped,
      datallowconn as open, datconnlimit as limit,
      array(select case when a.grantee = 0 then 'public' else a.grantee::regrole::text end || ' ' || a.privilege_type
        from aclexplode(coalesce(datacl, acldefault('d', datdba))) a where a.grantee <> datdba order by 1) as rights
    from pg_database where datname in (${names.map((name) => literal(ident(name))).join(', ')})`
}

export function roleFacts(names: readonly string[]): string {
  const list = names.length === 0 ? "''" : names.map((name) => literal(ident(name))).join(', ')
  return `select rolname as name, rolcanlogin as login, rolconnlimit as limit, coalesce(rolconfig, '{}') as settings,
      coalesce(rolvaliduntil <> 'infinity', false) as expires,
      array_remove(array[case when rolsuper then 'superuser' end, case when rolcreatedb then 'createdb' end,
        case when rolcreaterole then 'createrole' end, case when rolreplication then 'replication' end,
        case when rolbypassrls then 'bypassrls' end], null) as powers,
      array(select team.rolname || ' ' || bool_or(m.inherit_option) || ' ' || bool_or(m.set_option)
        from pg_auth_members m join pg_roles team on team.oid = m.roleid where m.member = r.oid
        group by team.rolname order by 1) as groups
    from pg_roles r where rolname in (${list})`
}

function wrongWithRole(wanted: SiteRole, found: RoleFacts | undefined): string[] {
  const role = `the role ${wanted.name}`
  if (found === undefined) return [`${role} is missing`]
  const group = `${SITE_GROUP_ROLES[wanted.kind]} true ${wanted.kind === 'owner'}`
  const settings = Object.entries(timeouts[wanted.kind]).map(([key, value]) => `${key}=${value}`)
  const wrong: string[] = []
  if (!found.login) wrong.push(`${role} may not log in`)
  if (found.expires) wrong.push(`the password of ${role} has an end`)
  if (found.powers.length > 0) wrong.push(`${role} has ${found.powers.join(' and ')}`)
  if (found.limit !== wanted.connectionLimit)
    wrong.push(`${role} may hold ${found.limit} connections instead of ${wanted.connectionLimit}`)
  if (!found.groups.includes(group))
    wrong.push(`${role} is not in its group ${SITE_GROUP_ROLES[wanted.kind]} as it should be`)
  const others = found.groups.filter((name) => !name.startsWith(`${SITE_GROUP_ROLES[wanted.kind]} `))
  if (others.length > 0) wrong.push(`${role} is also in ${others.map((name) => name.split(' ')[0]).join(', ')}`)
  if (found.settings.toSorted().join() !== settings.toSorted().join())
    wrong.push(`${role} has other time limits or settings`)
  return wrong
}

function wrongWithDatabase({ roles }: SiteExpectation, found: DatabaseFacts): string[] {
  const missing = expectedRights(roles).filter((right) => !found.rights.includes(right))
  const strangers = strangersIn(found.rights, roles)
  return [
    ...(found.open ? [] : ['the database takes no connections']),
    ...(found.limit === -1 ? [] : [`the database takes only ${found.limit} connections`]),
    ...(missing.length === 0 ? [] : [`rights on the database are missing: ${missing.join(', ')}`]),
    ...(strangers.length === 0 ? [] : [`others have rights on the database: ${strangers.join(', ')}`]),
  ]
}

/** PostgreSQL looks at the password before anything else, so only this code speaks of it. */
const wrongPassword = '28P01'

/** Signs each role in once. A role that is known to be wrong is not tried; an answer that says nothing about the password is no finding. */
export async function wrongPasswords(
  connection: Connection,
  roles: readonly SiteRole[],
  known: readonly string[],
): Promise<string[]> {
  const wrong: string[] = []
  for (const { name, password } of roles) {
    if (known.includes(`the role ${name} is missing`)) continue
    const client = new pg.Client(clientConfig({ ...connection, user: name, password }))
    client.on('error', () => {})
    const code = await client.connect().then(
      () => undefined,
      (error: { code?: string }) => error.code,
    )
    await client.end().catch(() => {})
    if (code === wrongPassword) wrong.push(`the role ${name} has another password`)
  }
  return wrong
}
