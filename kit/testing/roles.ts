import { CONTROL_PLANE_ROLES, SITE_GROUP_ROLES } from '../names/index.ts'
import { openDatabase, sql, type Connection } from '../sql/index.ts'

/** `prepare` hook of `testDatabase`: the group roles of site databases, as the provisioner makes them. Use `role: 'platen_site_owner'`. */
export async function createSiteGroupRoles(connection: Connection): Promise<void> {
  await createRoles(connection, Object.values(SITE_GROUP_ROLES))
}

/** `prepare` hook of `testDatabase`: the roles of the control plane's database. Use `role: 'platen_owner'`. */
export async function createControlPlaneRoles(connection: Connection): Promise<void> {
  await createRoles(connection, Object.values(CONTROL_PLANE_ROLES))
}

// Roles belong to the server, and other test files make the same ones at the same time.
async function createRoles(connection: Connection, names: readonly string[]): Promise<void> {
  const db = openDatabase(connection)
  try {
    for (const name of names) {
      await sql`
        do $$ begin
          create role ${sql.id(name)} nologin nosuperuser nobypassrls;
        exception when duplicate_object or unique_violation then null;
        end $$`.execute(db)
    }
  } finally {
    await db.destroy()
  }
}
