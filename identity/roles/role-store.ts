/** Every SQL statement that reads or writes `identity.roles`. */
import { newId } from '@platen/kit/ids'
import { maybe, rows, sql, violates, type Tx } from '@platen/kit/sql'
import { peopleProblems } from '../grants/index.ts'

export interface RoleDetails {
  name: string
  description: string
  permissions: string[]
}

export interface OwnRole extends RoleDetails {
  id: string
  version: number
  createdAt: Date
  updatedAt: Date
}

interface RoleRow extends RoleDetails {
  id: string
  version: number
  created_at: Date
  updated_at: Date
}

const toRole = ({ created_at: createdAt, updated_at: updatedAt, ...row }: RoleRow): OwnRole => ({
  ...row,
  createdAt,
  updatedAt,
})

const columns = sql`id, name, description, permissions, version, created_at, updated_at`

/** A tenant's own roles by name; there are tens of them, not thousands. */
export async function listOwnRoles(tx: Tx, tenantId: string): Promise<OwnRole[]> {
  const found = await rows(
    tx,
    sql<RoleRow>`SELECT ${columns} FROM identity.roles WHERE tenant_id = ${tenantId} ORDER BY lower(name)`,
  )
  return found.map(toRole)
}

export async function findOwnRole(tx: Tx, tenantId: string, id: string): Promise<OwnRole | undefined> {
  const row = await maybe(
    tx,
    sql<RoleRow>`SELECT ${columns} FROM identity.roles WHERE tenant_id = ${tenantId} AND id::text = ${id}`,
  )
  return row && toRole(row)
}

/** @throws ProblemError role-name-taken */
export const insertRole = (tx: Tx, tenantId: string, details: RoleDetails): Promise<OwnRole> =>
  writeRole(
    tx,
    sql`INSERT INTO identity.roles (id, tenant_id, name, description, permissions)
      VALUES (${newId()}, ${tenantId}, ${details.name}, ${details.description}, ${details.permissions}) RETURNING ${columns}`,
  )

/** @throws ProblemError role-name-taken */
export const updateRole = (tx: Tx, tenantId: string, id: string, details: RoleDetails): Promise<OwnRole> =>
  writeRole(
    tx,
    sql`UPDATE identity.roles SET name = ${details.name}, description = ${details.description},
        permissions = ${details.permissions}, version = version + 1, updated_at = now()
      WHERE tenant_id = ${tenantId} AND id = ${id} RETURNING ${columns}`,
  )

export async function deleteRole(tx: Tx, tenantId: string, id: string): Promise<void> {
  await sql`DELETE FROM identity.roles WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** How many users have each role, by its id, and how many open invitations would give it. */
export async function countHolders(tx: Tx, tenantId: string): Promise<Map<string, RoleUse>> {
  const found = await rows(
    tx,
    sql<{ id: string; users: number; invitations: number }>`
      SELECT id, sum(users)::int AS users, sum(invitations)::int AS invitations FROM (
        SELECT COALESCE(system_role, role_id::text) AS id, 1 AS users, 0 AS invitations
          FROM identity.user_roles WHERE tenant_id = ${tenantId}
        UNION ALL
        SELECT unnest(roles), 0, 1 FROM identity.invitations
          WHERE tenant_id = ${tenantId} AND accepted_at IS NULL AND revoked_at IS NULL) used
      GROUP BY id`,
  )
  return new Map(found.map(({ id, users, invitations }) => [id, { users, invitations }]))
}

export interface RoleUse {
  users: number
  invitations: number
}

async function writeRole(tx: Tx, statement: ReturnType<typeof sql<RoleRow>>): Promise<OwnRole> {
  try {
    const row = await maybe(tx, statement)
    if (row === undefined) throw new Error('the role is gone')
    return toRole(row)
  } catch (error) {
    if (!violates(error, 'roles_tenant_name_key')) throw error
    throw peopleProblems.problem('role-name-taken', 'A role with this name exists. Nothing was changed.', {
      cause: error,
      errors: [{ pointer: '/name', message: 'is the name of another role' }],
    })
  }
}
