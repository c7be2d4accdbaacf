/** Every SQL statement that reads or writes `identity.users` for the people of one tenant; sign-in has its own in accounts.ts. */
import { containing, defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { maybe, sql, type Tx } from '@platen/kit/sql'
import { permissionsOf, rolesOfUser, type HeldRole, type RoleTable } from '../principal.ts'

export interface User {
  id: string
  accountId: string
  email: string
  name: string
  locale: string | null
  state: 'active' | 'disabled'
  roles: readonly HeldRole[]
  /** What the roles allow, whether or not the user is active. */
  permissions: ReadonlySet<string>
  /** Runs the platform. */
  operator: boolean
  /** Whether signing in takes a code as well. */
  secondFactor: boolean
  /** Into this tenant, as far as its sessions are kept. */
  lastSignInAt: Date | null
  version: number
  createdAt: Date
  updatedAt: Date
}

interface UserRow {
  id: string
  account_id: string
  email: string
  name: string
  locale: string | null
  state: User['state']
  roles: HeldRole[]
  own_permissions: string[]
  operator: boolean
  second_factor: boolean
  last_sign_in_at: Date | null
  version: number
  created_at: Date
  updated_at: Date
}

const toUser = (row: UserRow, systemRoles: RoleTable): User => ({
  id: row.id,
  accountId: row.account_id,
  email: row.email,
  name: row.name,
  locale: row.locale,
  state: row.state,
  roles: row.roles,
  permissions: permissionsOf(row, systemRoles),
  operator: row.operator,
  secondFactor: row.second_factor,
  lastSignInAt: row.last_sign_in_at,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const columns = sql`u.id, u.account_id, u.email, u.name, a.locale, u.state, held.roles, held.own_permissions, a.operator, u.version,
  u.created_at, u.updated_at, a.totp_since IS NOT NULL AS second_factor,
  (SELECT max(s.created_at) FROM identity.sessions s WHERE s.account_id = u.account_id AND s.tenant_id = u.tenant_id) AS last_sign_in_at`

/** Users of a tenant who were not erased. */
const usersOf = (tenantId: string) => sql`
  identity.users u JOIN identity.accounts a ON a.id = u.account_id CROSS JOIN LATERAL (${rolesOfUser(sql`u`)}) held
  WHERE u.tenant_id = ${tenantId} AND u.state <> 'erased'`

/** Filters and sort of users. */
export const userList = defineList({
  fields: {
    name: { type: 'text', column: sql`u.name`, sort: true },
    email: { type: 'text', column: sql`u.email`, sort: true },
    state: { type: 'enum', values: ['active', 'disabled'], column: sql`u.state` },
    createdAt: { type: 'time', column: sql`u.created_at`, sort: 'as-created' },
    updatedAt: { type: 'time', column: sql`u.updated_at`, sort: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`u.id` },
  search: (text) => {
    const pattern = containing(text.toLowerCase())
    return sql`lower(u.name) LIKE ${pattern} OR u.email LIKE ${pattern}`
  },
  searchDescription: 'Part of the name or address, whatever the case.',
})

export const listUsers = (tx: Tx, tenantId: string, systemRoles: RoleTable, query: ListQuery): Promise<Page<User>> =>
  userList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<UserRow>`SELECT ${columns}, ${key} FROM ${usersOf(tenantId)} AND ${where} ${rest}`,
    (row) => toUser(row, systemRoles),
  )

export async function findUser(
  tx: Tx,
  tenantId: string,
  id: string,
  systemRoles: RoleTable,
): Promise<User | undefined> {
  const row = await maybe(tx, sql<UserRow>`SELECT ${columns} FROM ${usersOf(tenantId)} AND u.id = ${id}`)
  return row && toUser(row, systemRoles)
}

export async function updateUser(
  tx: Tx,
  tenantId: string,
  id: string,
  { name, state }: Pick<User, 'name' | 'state'>,
): Promise<void> {
  await sql`UPDATE identity.users SET name = ${name}, state = ${state}, version = version + 1, updated_at = now()
    WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

export async function replaceRoles(tx: Tx, tenantId: string, id: string, roles: readonly HeldRole[]): Promise<void> {
  await sql`DELETE FROM identity.user_roles WHERE tenant_id = ${tenantId} AND user_id = ${id}`.execute(tx)
  await insertRoles(tx, tenantId, id, roles)
}

/** Adds somebody to a tenant. @throws a violation of users_tenant_account_key or users_tenant_email_key when they are there. */
export async function insertUser(
  tx: Tx,
  user: { id: string; tenantId: string; accountId: string; email: string; name: string; roles: readonly HeldRole[] },
): Promise<void> {
  await sql`INSERT INTO identity.users (id, tenant_id, account_id, email, name)
    VALUES (${user.id}, ${user.tenantId}, ${user.accountId}, ${user.email}, ${user.name})`.execute(tx)
  await insertRoles(tx, user.tenantId, user.id, user.roles)
}

/** How many others may do everything: active users whose account is active too. */
export async function countOtherOwners(
  tx: Tx,
  tenantId: string,
  exceptId: string,
  ownerRoles: readonly string[],
): Promise<number> {
  const row = await maybe(
    tx,
    sql<{ count: number }>`SELECT count(DISTINCT u.id)::int AS count
      FROM identity.users u JOIN identity.accounts a ON a.id = u.account_id AND a.state = 'active'
      JOIN identity.user_roles r ON r.tenant_id = u.tenant_id AND r.user_id = u.id AND r.system_role = ANY (${ownerRoles})
      WHERE u.tenant_id = ${tenantId} AND u.id <> ${exceptId} AND u.state = 'active'`,
  )
  return row?.count ?? 0
}

/** Places of the plan that are taken: users who may come in, and those who are invited and still can. */
export async function countPlaces(tx: Tx, tenantId: string): Promise<number> {
  const row = await maybe(
    tx,
    sql<{
      count: number
    }>`SELECT (SELECT count(*) FROM identity.users WHERE tenant_id = ${tenantId} AND state = 'active')::int
      + (SELECT count(*) FROM identity.invitations
          WHERE tenant_id = ${tenantId} AND accepted_at IS NULL AND revoked_at IS NULL AND expires_at > now())::int AS count`,
  )
  return row?.count ?? 0
}

export async function endSessionsOfUser(tx: Tx, tenantId: string, accountId: string, because: string): Promise<void> {
  await sql`UPDATE identity.sessions SET revoked_at = now(), revoked_because = ${because}
    WHERE tenant_id = ${tenantId} AND account_id = ${accountId} AND revoked_at IS NULL`.execute(tx)
}

export async function updateProfile(
  tx: Tx,
  accountId: string,
  { name, locale }: { name: string; locale: string | null },
): Promise<void> {
  await sql`UPDATE identity.accounts SET name = ${name}, locale = ${locale}, updated_at = now() WHERE id = ${accountId}`.execute(
    tx,
  )
}

async function insertRoles(tx: Tx, tenantId: string, userId: string, roles: readonly HeldRole[]): Promise<void> {
  const system = roles.map((role) => (role.system ? role.id : null))
  const own = roles.map((role) => (role.system ? null : role.id))
  await sql`INSERT INTO identity.user_roles (tenant_id, user_id, system_role, role_id)
    SELECT ${tenantId}, ${userId}, * FROM unnest(${system}::text[], ${own}::uuid[])`.execute(tx)
}
