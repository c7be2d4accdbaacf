/** A site for tests: its database as the platform makes it, its entry in a snapshot, and people in it. */
import { randomBytes } from 'node:crypto'
import { sealFor, sealingContexts, type BenchSnapshotSite } from '@platen/drivers/snapshots'
import { createAccount, ensureUser, hashPassword } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { siteObjectPrefix } from '@platen/kit/names'
import { openDatabase, sql, withScope } from '@platen/kit/sql'
import { createSiteGroupRoles, testDatabase, type TestDatabase, type TestDatabaseOptions } from '@platen/kit/testing'
import { releaseMigrations } from '../src/release.ts'

export const password = 'un mot de passe assez long'
let hashed: Promise<string> | undefined

export interface TestSite {
  id: string
  name: string
  host: string
  database: TestDatabase
  /** Login role of the app, member of platen_site_app, as the provisioner makes it. */
  user: string
  databasePassword: string
  /** Its entry in the snapshot of the bench that holds this key. */
  entry(sealingKey: Buffer, changes?: Partial<BenchSnapshotSite>): BenchSnapshotSite
  /** Somebody with the password above; answers the e-mail address. */
  aPerson(role: string): Promise<string>
  /** Connections that the app role holds now. */
  connections(): Promise<number>
  close(): Promise<void>
}

export const siteDatabaseOptions: TestDatabaseOptions = {
  template: 'bench',
  sets: [...releaseMigrations],
  prepare: createSiteGroupRoles,
  role: 'platen_site_owner',
}

export async function openTestSite(name: string, { maxConnections = 4 } = {}): Promise<TestSite> {
  const database = await testDatabase(siteDatabaseOptions)
  const id = newId()
  const host = `${name}.platen.test`
  const user = `test_app_${randomBytes(6).toString('hex')}`
  const secret = randomBytes(18).toString('base64url')
  const dataKey = randomBytes(32)
  await sql`CREATE ROLE ${sql.id(user)} LOGIN PASSWORD ${sql.lit(secret)} IN ROLE platen_site_app`.execute(database.db)
  const { host: socketDirectory, port = 5432 } = database.connection
  return {
    id,
    name,
    host,
    database,
    user,
    databasePassword: secret,
    entry: (sealingKey, changes = {}) => ({
      id,
      name,
      hosts: [host],
      state: 'active',
      generation: 1,
      database: {
        host: socketDirectory,
        port,
        name: database.name,
        user,
        sealedPassword: sealFor(sealingKey, secret, sealingContexts.databasePassword(id)),
        maxConnections,
      },
      sealedDataKey: sealFor(sealingKey, dataKey, sealingContexts.dataKey(id)),
      plan: { title: 'Essai', maxStorageBytes: 1_000_000, maxUsers: 5 },
      objectPrefix: siteObjectPrefix(id),
      ...changes,
    }),
    async aPerson(role) {
      hashed ??= hashPassword(password, [])
      const person = { email: `${role}-${newId()}@example.fr`, name: role, passwordHash: await hashed }
      await withScope(database.db, { tenantId: id }, async (tx) => {
        const account = await createAccount(tx, person)
        await ensureUser(tx, { accountId: account.id, tenantId: id, ...person, role })
      })
      return person.email
    },
    async connections() {
      const { rows } = await sql`SELECT FROM pg_stat_activity WHERE usename = ${user}`.execute(database.db)
      return rows.length
    },
    async close() {
      await database.drop()
      const server = database.createConnection(undefined, { database: 'postgres', max: 1 })
      await dropRole(server, user)
    },
  }
}

async function dropRole(server: Parameters<typeof openDatabase>[0], role: string): Promise<void> {
  const db = openDatabase(server)
  try {
    await sql`DROP ROLE IF EXISTS ${sql.id(role)}`.execute(db)
  } finally {
    await db.destroy()
  }
}
