// A database per test file, cloned from a template that is migrated once per content of the migrations. The template is built under
// a lock and renamed when complete, so workers that start together wait for one builder and nobody sees a half-built one.
import { createHash, randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import {
  isDatabaseError,
  migrate,
  migrationsFingerprint,
  openDatabase,
  sql,
  type Connection,
  type Db,
  type MigrationSet,
} from '../sql/index.ts'
import { hasFailedTest } from './failures.ts'
import { testServer } from './test-server.ts'

const CLONE_ATTEMPTS = 10
const CLOSE_TIMEOUT_MS = 2_000
const OBJECT_IN_USE = '55006'

export interface TestDatabaseOptions {
  /** Short lower-case name, for example the package's. */
  template: string
  sets: MigrationSet[]
  /** Runs as superuser in the new template before the migrations: roles, extensions. A change of its text makes a new template. */
  prepare?: (connection: Connection) => Promise<void>
  /** The role that migrates and owns the tables. Default: the superuser. */
  role?: string
}

export interface TestDatabase {
  readonly name: string
  /** Superuser connection: sees everything, row-level security does not hold it. For arranging and asserting. */
  readonly connection: Connection
  readonly db: Db
  /** The settings to connect as `role` (which need not be able to log in). */
  createConnection(role?: string, more?: Partial<Connection>): Connection
  /** A pool of connections that act as `role`; closed by `drop`. */
  connect(role?: string, more?: Partial<Connection>): Db
  /** Closes the pools and drops the database; if a test of this file failed, keeps it and prints the line that opens it. */
  drop(): Promise<void>
}

/** Clones the template for one test file: `beforeAll(async () => { database = await testDatabase(...) })`. */
export async function testDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const server = testServer()
  const template = await ensureTemplate(server, options)
  const name = `test_${options.template}_${process.pid}_${randomBytes(4).toString('hex')}`
  await withServer(server, (db) => clone(db, name, template))
  const connection: Connection = { ...server, database: name }
  const db = openDatabase(connection)
  const pools = [db]
  const createConnection = (role?: string, more: Partial<Connection> = {}): Connection => ({
    ...connection,
    ...(role === undefined ? {} : { role }),
    ...more,
  })
  return {
    name,
    connection,
    db,
    createConnection,
    connect(role, more) {
      const pool = openDatabase(createConnection(role, more))
      pools.push(pool)
      return pool
    },
    async drop() {
      const closing = pools.splice(0).map((pool) => pool.destroy())
      await withServer(server, async (admin) => {
        // Pools wait for their transactions; one that a failed test left open may never return its connection, ended or not.
        await endSessions(admin, name)
        await Promise.race([Promise.allSettled(closing), pause(CLOSE_TIMEOUT_MS, undefined, { ref: false })])
        if (hasFailedTest()) printHowToOpen(connection)
        else await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin)
      })
    },
  }
}

/** Builds the template if nobody has yet; returns its name. */
async function ensureTemplate(server: Connection, options: TestDatabaseOptions): Promise<string> {
  const fingerprint = createHash('sha256')
    .update(migrationsFingerprint(options.sets))
    .update(inspect([options.prepare?.toString(), options.role]))
    .digest('hex')
    .slice(0, 12)
  const name = `platen_template_${options.template}_${fingerprint}`
  await withServer(server, async (db) => {
    if (await exists(db, name)) return
    await db.connection().execute(async (session) => {
      // One lock for all templates: they create the same roles.
      await sql`select pg_advisory_lock(hashtextextended('platen.test-templates', 0))`.execute(session)
      if (!(await exists(session, name))) await buildTemplate(server, session, name, options)
      // Given back with the session, which ends when the pool does.
    })
  })
  return name
}

async function buildTemplate(server: Connection, db: Db, name: string, options: TestDatabaseOptions): Promise<void> {
  const draft = `${name}_draft`
  await sql`drop database if exists ${sql.id(draft)} with (force)`.execute(db)
  await sql`create database ${sql.id(draft)} template template0`.execute(db)
  const connection = { ...server, database: draft }
  await options.prepare?.(connection)
  await migrate(connection, options.sets, options.role === undefined ? {} : { role: options.role })
  await sql`alter database ${sql.id(draft)} with allow_connections false`.execute(db)
  await endSessions(db, draft)
  await whileInUse(() => sql`alter database ${sql.id(draft)} rename to ${sql.id(name)}`.execute(db))
}

async function clone(db: Db, name: string, template: string): Promise<void> {
  await whileInUse(() => sql`create database ${sql.id(name)} template ${sql.id(template)} strategy wal_log`.execute(db))
}

// A session that has just been closed may live on for some milliseconds.
async function whileInUse(statement: () => Promise<unknown>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await statement()
      return
    } catch (error) {
      if (attempt === CLONE_ATTEMPTS || !isDatabaseError(error) || error.code !== OBJECT_IN_USE) throw error
      await pause(20 * attempt)
    }
  }
}

async function endSessions(db: Db, database: string): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${database}`.execute(db)
}

async function exists(db: Db, database: string): Promise<boolean> {
  const found = await sql`select from pg_database where datname = ${database}`.execute(db)
  return found.rows.length === 1
}

async function withServer<T>(server: Connection, work: (db: Db) => Promise<T>): Promise<T> {
  const db = openDatabase({ ...server, max: 1 })
  try {
    return await work(db)
  } finally {
    await db.destroy()
  }
}

function printHowToOpen(connection: Connection): void {
  const { host, port = 5432, user, database } = connection
  process.stderr.write(
    `\nkept for a look (as long as the test server runs): psql -h ${host} -p ${port} -U ${user} -d ${database}\n`,
  )
}
