import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { SITE_GROUP_ROLES } from '@platen/kit/names'
import { Secret } from '@platen/kit/secrets'
import { clientConfig, type Connection } from '@platen/kit/sql'
import pg from 'pg'
import { DriverError, throwIfAborted } from '../../errors/index.ts'
import type {
  CallOptions,
  DatabaseServer,
  DatabaseSnapshot,
  DumpRequest,
  RenameRequest,
  RestoreSiteRequest,
  ServerDescription,
  SiteDatabaseRequest,
  SiteExpectation,
  SiteInspection,
  SiteRole,
} from '../contract.ts'
import { finish, PostgresClient, sessionName, type Wire } from './client.ts'
import { dropDatabase } from './drop-database.ts'
import { inspectSites, wrongPasswords } from './inspect-sites.ts'
import { databaseList, endSessionsBy, orphanDirectories, siteLoginRoles } from './inventory.ts'
import { isCreationRace, toDriverError } from './errors.ts'
import { ident, literal } from './quoting.ts'
import { repairSite } from './repair-site.ts'
import { scramVerifier } from './scram.ts'
import * as site from './site-statements.ts'
import { dumpDatabase, exportSnapshot, pgTools, renameDatabase, restoreSite, type PgTools } from './tools/index.ts'

const raceAttempts = 3
const buildTimeoutMs = 600_000

/**
 * Site databases on one PostgreSQL server, prepared by `bootstrapServer`. Needs only the provisioner's connection (to the
 * database `postgres`), never a superuser. A new site costs three round trips and two short transactions around the
 * CREATE DATABASE itself.
 */
export class PostgresDatabaseServer implements DatabaseServer {
  readonly endpoint: { host: string; port: number }
  readonly #connection: Connection
  readonly #client: PostgresClient
  readonly #findTools: () => Promise<PgTools>
  #tools: Promise<PgTools> | undefined

  /** `tools`: where pg_dump and pg_restore are; looked for at the first dump or restore, see tools/pg-tools.ts. */
  constructor(provisioner: Connection, options: { tools?: () => Promise<PgTools> } = {}) {
    this.#connection = provisioner
    this.#findTools = options.tools ?? (() => pgTools())
    this.#client = new PostgresClient(provisioner)
    this.endpoint = { host: provisioner.host, port: provisioner.port ?? 5432 }
  }

  async close(): Promise<void> {
    await this.#client.close()
  }

  async ensureSiteDatabase(request: SiteDatabaseRequest, options: CallOptions = {}): Promise<{ created: boolean }> {
    const attempting = `making the database ${request.name}`
    throwIfAborted(options.signal, attempting)
    const verifiers = await verifiersOf(request.roles)
    return this.#attempt(attempting, () =>
      this.#client.use({ session: request.session, signal: options.signal }, (wire) =>
        ensureSite(wire, request, verifiers),
      ),
    )
  }

  async inspectSiteDatabases(
    expected: readonly SiteExpectation[],
    options: CallOptions & { passwordsOf?: readonly string[] } = {},
  ): Promise<SiteInspection[]> {
    throwIfAborted(options.signal, 'inspecting site databases')
    if (expected.length === 0) return []
    const inspections = await this.#attempt('inspecting site databases', () =>
      this.#client.use({ signal: options.signal }, (wire) => inspectSites(wire, expected)),
    )
    for (const { name, roles } of expected.filter((site) => options.passwordsOf?.includes(site.name))) {
      const found = inspections.find((inspection) => inspection.name === name)
      if (found?.exists !== true) continue
      throwIfAborted(options.signal, 'inspecting site databases')
      found.wrong.push(...(await wrongPasswords(this.#connectionTo(name, 'platen-inspection'), roles, found.wrong)))
    }
    return inspections
  }

  async repairSiteDatabase(request: Omit<SiteDatabaseRequest, 'template'>, options: CallOptions = {}): Promise<void> {
    const attempting = `repairing the database ${request.name}`
    throwIfAborted(options.signal, attempting)
    const verifiers = await verifiersOf(request.roles)
    await this.#attempt(attempting, () =>
      this.#client.use({ session: request.session, signal: options.signal }, (wire) =>
        repairSite(wire, { ...request, template: null }, verifiers),
      ),
    )
  }

  async removeSiteDatabase(
    request: { name: string; roles: string[]; session: string; tag?: string },
    options: CallOptions = {},
  ): Promise<void> {
    const { name, roles, session, tag } = request
    const attempting = `removing the database ${name}`
    throwIfAborted(options.signal, attempting)
    await this.#attempt(attempting, () =>
      this.#client.use({ session, signal: options.signal }, async (wire) => {
        const found = await observeLocked(wire, name)
        if (found.template) throw new DriverError('refused', `${name} is a template`)
        if (tag !== undefined && found.tag !== null && found.tag !== tag) {
          throw new DriverError('refused', `the database ${name} belongs to ${found.tag}`)
        }
        if (found.exists) await dropDatabase(wire, name)
        await wire.run(finish(site.dropRoles(roles)))
      }),
    )
  }

  async ensureTemplate(
    name: string,
    build: (connection: Connection) => Promise<void>,
    options: CallOptions = {},
  ): Promise<void> {
    const attempting = `making the template ${name}`
    throwIfAborted(options.signal, attempting)
    const timeouts = { statementTimeoutMs: buildTimeoutMs, lockTimeoutMs: buildTimeoutMs }
    await this.#attempt(attempting, () =>
      this.#client.use({ session: `template:${name}`, signal: options.signal, ...timeouts }, async (wire) => {
        const found = await observeLocked(wire, name)
        if (found.template && found.tag === site.templateReadyTag) return void (await wire.run(finish()))
        if (found.exists && (!found.ours || (found.tag !== null && !found.template))) {
          throw new DriverError('already-exists', `${name} is a database of its own (${found.tag ?? 'not ours'})`)
        }
        if (found.template) await wire.run(`alter database ${ident(name)} with is_template false`)
        await this.#buildTemplate(wire, name, build)
      }),
    )
  }

  async removeTemplate(name: string, options: CallOptions = {}): Promise<void> {
    const attempting = `removing the template ${name}`
    throwIfAborted(options.signal, attempting)
    await this.#attempt(attempting, () =>
      this.#client.use({ session: `template:${name}`, signal: options.signal }, async (wire) => {
        const found = await observeLocked(wire, name)
        if (found.exists && !found.template && found.tag !== null)
          throw new DriverError('refused', `${name} is a site database`)
        if (found.template) await wire.run(`alter database ${ident(name)} with is_template false`)
        if (found.exists) await dropDatabase(wire, name)
        await wire.run(finish(site.dropRoles([builderRole(name)])))
      }),
    )
  }

  async endSessions(prefix: string, exceptSession?: string, options: CallOptions = {}): Promise<number> {
    throwIfAborted(options.signal, 'ending sessions')
    if (prefix === '') throw new DriverError('refused', 'an empty prefix would end the sessions of everybody')
    return this.#attempt('ending sessions', () =>
      this.#client.use({ signal: options.signal }, async (wire) => {
        const [row] = await wire.run<{ ended: number }>(endSessionsBy(prefix, exceptSession))
        await wire.run(finish())
        return row?.ended ?? 0
      }),
    )
  }

  async exportSnapshot(
    database: string,
    request: { session: string },
    options: CallOptions = {},
  ): Promise<DatabaseSnapshot> {
    const attempting = `taking a snapshot of the database ${database}`
    throwIfAborted(options.signal, attempting)
    const connection = this.#connectionTo(database, request.session)
    return this.#attempt(attempting, () => exportSnapshot(connection, options.signal))
  }

  dump(request: DumpRequest, options: CallOptions = {}): Readable {
    const { user, password, snapshot } = request
    const { database, applicationName: session } = this.#connectionTo(request.database, request.session)
    const target = { ...this.endpoint, database, user: ident(user), password, session }
    return dumpDatabase({ tools: () => this.#toolsOnce(), target, snapshot }, options.signal)
  }

  async restore(request: RestoreSiteRequest, options: CallOptions = {}): Promise<void> {
    const attempting = `restoring into the database ${request.database}`
    throwIfAborted(options.signal, attempting)
    const provisioner = this.#connectionTo(request.database, request.session)
    try {
      await restoreSite(request, { provisioner, tools: () => this.#toolsOnce() }, options.signal)
    } catch (error) {
      // An error of the archive is the caller's own, and says more than any kind of ours.
      throw request.archive.errored === error ? error : toDriverError(error, attempting)
    }
  }

  async renameDatabase(request: RenameRequest, options: CallOptions = {}): Promise<{ renamed: boolean }> {
    const attempting = `renaming the database ${request.from} to ${request.to}`
    throwIfAborted(options.signal, attempting)
    return this.#attempt(attempting, () =>
      this.#client.use({ session: request.session, signal: options.signal }, (wire) => renameDatabase(wire, request)),
    )
  }

  async databaseSize(database: string, options: CallOptions = {}): Promise<number> {
    const attempting = `measuring the database ${database}`
    throwIfAborted(options.signal, attempting)
    return this.#attempt(attempting, () =>
      this.#client.use({ signal: options.signal }, async (wire) => {
        const [row] = await wire.run<{ size: string }>(`select pg_database_size('${ident(database)}')::text as size`)
        await wire.run(finish())
        return Number(row?.size)
      }),
    )
  }

  async describe(options: CallOptions = {}): Promise<ServerDescription> {
    throwIfAborted(options.signal, 'describing the server')
    return this.#attempt('describing the server', () =>
      this.#client.use({ signal: options.signal }, async (wire) => {
        const databases = await wire.run<ServerDescription['databases'][number]>(databaseList)
        const roles = await wire.run<{ name: string }>(siteLoginRoles)
        const orphans = await wire.run<{ oid: string; size: string | bigint }>(orphanDirectories)
        await wire.run(finish())
        return {
          databases,
          roles,
          orphanDirectories: orphans.map(({ oid, size }) => ({ oid, sizeBytes: Number(size) })),
        }
      }),
    )
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; version: string; detail: string }> {
    const startedAtMs = performance.now()
    try {
      throwIfAborted(options.signal, 'checking the server')
      return await this.#client.use({ signal: options.signal, statementTimeoutMs: 5_000 }, async (wire) => {
        const [row] = await wire.run<{ version: string }>(`select current_setting('server_version') as version`)
        await wire.run(finish())
        return {
          ok: true,
          version: row?.version ?? 'unknown',
          detail: `answered in ${Math.round(performance.now() - startedAtMs)} ms`,
        }
      })
    } catch (error) {
      return { ok: false, version: '', detail: toDriverError(error, 'checking the server').message }
    }
  }

  async #buildTemplate(wire: Wire, name: string, build: (connection: Connection) => Promise<void>): Promise<void> {
    const builder = builderRole(name)
    const password = new Secret(randomBytes(32).toString('base64url'))
    await dropDatabase(wire, name)
    await wire.run(
      site.dropRoles([builder]) +
        `create role ${builder} with login password ${literal(await scramVerifier(password))} connection limit 4;
      grant ${SITE_GROUP_ROLES.owner} to ${builder} with inherit true, set true;`,
    )
    await wire.run(site.createDatabase(name, null))
    await wire.run(`revoke all on database ${name} from public; grant connect on database ${name} to ${builder};
      grant create, temporary on database ${name} to ${SITE_GROUP_ROLES.owner}; alter database ${name} with allow_connections true;`)
    const connection = {
      ...this.#connection,
      database: name,
      user: builder,
      password,
      applicationName: `template:${name}`,
    }
    await this.#inDatabase(name, 'revoke all on schema public from public')
    await build(connection)
    // What the build made under its own name belongs to the group too, and the builder leaves no trace.
    await this.#inDatabase(name, `reassign owned by ${builder} to ${SITE_GROUP_ROLES.owner}; drop owned by ${builder};`)
    // Closed before it becomes a template: a session in it would make every CREATE DATABASE fail.
    await wire.run(`alter database ${name} with allow_connections false;
      select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where datname = '${name}' and backend_type = 'client backend';`)
    await wire.run(
      finish(
        `${site.dropRoles([builder])} ${site.commentTag(name, site.templateReadyTag)} alter database ${name} with is_template true;`,
      ),
    )
  }

  async #inDatabase(database: string, text: string): Promise<void> {
    const client = new pg.Client(
      clientConfig({ ...this.#connection, database, applicationName: `template:${database}` }),
    )
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query(text)
    } finally {
      await client.end()
    }
  }

  // Found once; a search that failed (nothing installed yet) is repeated by the next call.
  #toolsOnce(): Promise<PgTools> {
    this.#tools ??= this.#findTools().catch((error: unknown) => {
      this.#tools = undefined
      throw error
    })
    return this.#tools
  }

  #connectionTo(database: string, session: string): Connection {
    return { ...this.#connection, database: ident(database), applicationName: sessionName(session) }
  }

  // Repeats what lost a race: everything looks before it acts, so the second look finds what the other one made.
  async #attempt<T>(attempting: string, work: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work()
      } catch (error) {
        if (!isCreationRace(error) || attempt === raceAttempts) throw toDriverError(error, attempting)
        await sleep(20 * attempt + Math.random() * 50)
      }
    }
  }
}

async function verifiersOf(roles: readonly SiteRole[]): Promise<Map<string, string>> {
  return new Map(await Promise.all(roles.map(async (role) => [role.name, await scramVerifier(role.password)] as const)))
}

async function ensureSite(
  wire: Wire,
  request: SiteDatabaseRequest,
  verifiers: ReadonlyMap<string, string>,
): Promise<{ created: boolean }> {
  const { name, template, tag } = request
  const [found] = await wire.run<site.Observation>(
    site.lockName(name) + site.ensureRoles(request, verifiers) + site.observe(name),
  )
  if (!found) throw new DriverError('protocol', 'no answer to what exists')
  const isAdopted = found.exists && !found.half_dropped && found.tag === tag
  if (found.exists && !isAdopted && !found.half_dropped && (found.tag !== null || !found.ours)) {
    throw new DriverError('already-exists', `the database ${name} belongs to ${found.tag ?? 'somebody else'}`)
  }
  if (!isAdopted) {
    // Half dropped, or created by a call that died before it handed over: nobody has ever used it, and the template it
    // came from is unknown.
    if (found.exists) await dropDatabase(wire, name)
    await wire.run(site.createDatabase(name, template))
  }
  await wire.run(finish(site.handOver(request)))
  return { created: !isAdopted }
}

async function observeLocked(wire: Wire, name: string): Promise<site.Observation> {
  const [found] = await wire.run<site.Observation>(site.lockName(name) + site.observe(name))
  if (!found) throw new DriverError('protocol', 'no answer to what exists')
  return found
}

// Template names have at most 63 bytes, and so have role names.
function builderRole(template: string): string {
  return ident(`${ident(template).slice(0, 55)}_builder`)
}
