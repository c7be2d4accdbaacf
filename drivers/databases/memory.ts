import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Secret } from '@platen/kit/secrets'
import type { Connection } from '@platen/kit/sql'
import { DriverError, Faults, throwIfAborted } from '../errors/index.ts'
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
  SiteRoleKind,
} from './contract.ts'
import { ident } from './postgres/quoting.ts'

interface MemoryDatabase {
  tag: string | null
  template: boolean
  halfDropped: boolean
  roles: string[]
  /** Stands for the tables; `write` and `read` are what SQL would be. */
  rows: string[]
}

const dumpMark = 'platen-memory-dump\n'

type Method = Exclude<keyof DatabaseServer, 'endpoint'>

/** A server that exists only here: complete behaviour, no SQL. `faults` says which calls fail. */
export class MemoryDatabaseServer implements DatabaseServer {
  readonly endpoint = { host: '/memory', port: 5432 }
  readonly faults = new Faults<Method>()
  readonly #databases = new Map<string, MemoryDatabase>()
  readonly #roles = new Map<string, SiteRole>()
  readonly #builds = new Map<string, Promise<void>>()
  readonly #orphans: { oid: string; sizeBytes: number }[] = []
  readonly #sessions = new Set<string>()
  readonly #snapshots = new Map<string, { database: string; rows: readonly string[] }>()
  #nextSnapshot = 1

  ensureSiteDatabase(request: SiteDatabaseRequest, options: CallOptions = {}): Promise<{ created: boolean }> {
    return this.faults.run('ensureSiteDatabase', options.signal, () => this.#ensure(request))
  }

  inspectSiteDatabases(
    expected: readonly SiteExpectation[],
    options: CallOptions & { passwordsOf?: readonly string[] } = {},
  ): Promise<SiteInspection[]> {
    return this.faults.run('inspectSiteDatabases', options.signal, () =>
      expected.map(({ name, roles }) => {
        const found = this.#databases.get(ident(name))
        const exists = found !== undefined && !found.halfDropped && !found.template
        const checksPasswords = options.passwordsOf?.includes(name) === true
        const wrong = exists ? roles.flatMap((role) => this.#wrongWith(role, found, checksPasswords)) : []
        return { name, exists, halfDropped: found?.halfDropped ?? false, tag: found?.tag ?? null, wrong }
      }),
    )
  }

  repairSiteDatabase(request: Omit<SiteDatabaseRequest, 'template'>, options: CallOptions = {}): Promise<void> {
    return this.faults.run('repairSiteDatabase', options.signal, () => {
      const found = this.#open(request.name)
      if (found.tag !== request.tag) {
        throw new DriverError('refused', `the database ${request.name} belongs to ${found.tag ?? 'nobody'}`)
      }
      this.#ensure({ ...request, template: null })
    })
  }

  removeSiteDatabase(
    request: { name: string; roles: string[]; session: string; tag?: string },
    options: CallOptions = {},
  ): Promise<void> {
    return this.faults.run('removeSiteDatabase', options.signal, () => {
      const found = this.#databases.get(ident(request.name))
      for (const role of request.roles) ident(role)
      if (found?.template) throw new DriverError('refused', `${request.name} is a template`)
      if (request.tag !== undefined && found?.tag != null && found.tag !== request.tag) {
        throw new DriverError('refused', `${request.name} belongs to ${found.tag}`)
      }
      this.#databases.delete(request.name)
      for (const role of request.roles) this.#dropRole(role)
    })
  }

  ensureTemplate(
    name: string,
    build: (connection: Connection) => Promise<void>,
    options: CallOptions = {},
  ): Promise<void> {
    return this.faults.run('ensureTemplate', options.signal, async () => {
      ident(name)
      const running = this.#builds.get(name)
      if (running) return running
      const existing = this.#databases.get(name)
      if (existing?.template) return undefined
      if (existing) throw new DriverError('already-exists', `${name} is a site database`)
      const building = this.#build(name, build).finally(() => this.#builds.delete(name))
      this.#builds.set(name, building)
      return building
    })
  }

  removeTemplate(name: string, options: CallOptions = {}): Promise<void> {
    return this.faults.run('removeTemplate', options.signal, () => {
      if (this.#databases.get(ident(name))?.template === false)
        throw new DriverError('refused', `${name} is a site database`)
      this.#databases.delete(name)
    })
  }

  endSessions(prefix: string, exceptSession?: string, options: CallOptions = {}): Promise<number> {
    return this.faults.run('endSessions', options.signal, () => {
      const ended = [...this.#sessions].filter((session) => session.startsWith(prefix) && session !== exceptSession)
      for (const session of ended) this.#sessions.delete(session)
      return ended.length
    })
  }

  exportSnapshot(database: string, request: { session: string }, options: CallOptions = {}): Promise<DatabaseSnapshot> {
    return this.faults.run('exportSnapshot', options.signal, () => {
      const { rows } = this.#open(database)
      const snapshot = `MEMORY-${this.#nextSnapshot++}`
      this.#snapshots.set(snapshot, { database, rows: [...rows] })
      this.#sessions.add(request.session)
      const close = async (): Promise<void> => {
        this.#snapshots.delete(snapshot)
        this.#sessions.delete(request.session)
      }
      options.signal?.addEventListener('abort', () => void close(), { once: true })
      return { snapshot, takenAt: new Date(), lsn: '0/0', serverVersion: 'memory', close }
    })
  }

  /** An injected fault strikes in the middle: some bytes have come. */
  dump(request: DumpRequest, options: CallOptions = {}): Readable {
    ident(request.database)
    return Readable.from(this.#dumpOf(request, options), { objectMode: false })
  }

  restore(request: RestoreSiteRequest, options: CallOptions = {}): Promise<void> {
    return this.faults.run('restore', options.signal, async () => {
      const target = this.#open(request.database)
      this.#login(request, 'owner')
      if (target.rows.length > 0) throw new DriverError('refused', `${request.database} is not empty`)
      const text = (await buffer(request.archive)).toString('utf8')
      throwIfAborted(options.signal, `restoring into the database ${request.database}`)
      if (!text.startsWith(dumpMark)) throw new DriverError('refused', 'this is not a dump of ours')
      // Written by #dumpOf.
      target.rows = JSON.parse(text.slice(dumpMark.length)) as string[]
    })
  }

  renameDatabase(request: RenameRequest, options: CallOptions = {}): Promise<{ renamed: boolean }> {
    return this.faults.run('renameDatabase', options.signal, () => {
      const { from, to, tag, newTag = tag } = request
      if (ident(from) === ident(to)) throw new DriverError('refused', `${from} is its own name already`)
      const [source, target] = [this.#databases.get(from), this.#databases.get(to)]
      const isSource = source !== undefined && !source.template && !source.halfDropped && source.tag === tag
      if (!isSource && target && !target.template && target.tag === newTag) return { renamed: false }
      if (!source) throw new DriverError('not-found', `there is no database ${from} to rename`)
      if (!isSource) throw new DriverError('refused', `the database ${from} belongs to ${source.tag}, not to ${tag}`)
      if (target) throw new DriverError('already-exists', `the database ${to} belongs to ${target.tag}`)
      this.#databases.delete(from)
      this.#databases.set(to, { ...source, tag: newTag, roles: [] })
      return { renamed: true }
    })
  }

  databaseSize(database: string, options: CallOptions = {}): Promise<number> {
    return this.faults.run('databaseSize', options.signal, () => JSON.stringify(this.#open(database).rows).length)
  }

  /** Adds a row, as the site's app would. */
  write(database: string, row: string): void {
    this.#open(database).rows.push(row)
  }

  /** What the database holds, or held in that snapshot. */
  read(database: string, snapshot?: string): string[] {
    if (snapshot === undefined) return [...this.#open(database).rows]
    const found = this.#snapshots.get(snapshot)
    if (found?.database !== database) throw new DriverError('unavailable', `the snapshot ${snapshot} does not exist`)
    return [...found.rows]
  }

  /** As one transaction of the site's app would. */
  replace(database: string, rows: readonly string[]): void {
    this.#open(database).rows = [...rows]
  }

  describe(options: CallOptions = {}): Promise<ServerDescription> {
    return this.faults.run('describe', options.signal, () => ({
      databases: [...this.#databases]
        .map(([name, { tag, template, halfDropped }]) => ({ name, tag, template, halfDropped }))
        .toSorted(byName),
      roles: [...this.#roles.keys()].map((name) => ({ name })).toSorted(byName),
      orphanDirectories: [...this.#orphans],
    }))
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; version: string; detail: string }> {
    const answer = { ok: true, version: 'memory', detail: 'in memory' }
    return this.faults
      .run('check', options.signal, () => answer)
      .catch((error: unknown) => ({
        ok: false,
        version: '',
        detail: error instanceof Error ? error.message : String(error),
      }))
  }

  /** What a kill during a drop leaves behind. */
  halfDrop(name: string): void {
    const found = this.#databases.get(name)
    if (!found) throw new DriverError('not-found', `no database ${name}`)
    Object.assign(found, { halfDropped: true, tag: null })
  }

  /** What somebody with a superuser's shell does: the role goes, the database stays. */
  dropRoleByHand(name: string): void {
    this.#roles.delete(name)
    for (const database of this.#databases.values()) database.roles = database.roles.filter((role) => role !== name)
  }

  alterRoleByHand(name: string, change: Partial<Pick<SiteRole, 'password' | 'connectionLimit'>>): void {
    const role = this.#roles.get(name)
    if (!role) throw new DriverError('not-found', `no role ${name}`)
    this.#roles.set(name, { ...role, ...change })
  }

  revokeByHand(database: string, role: string): void {
    const found = this.#open(database)
    found.roles = found.roles.filter((name) => name !== role)
  }

  /** DROP DATABASE and nothing else. */
  dropDatabaseByHand(name: string): void {
    this.#databases.delete(name)
  }

  /** What a kill during a create leaves behind. */
  leaveOrphanDirectory(orphan: { oid: string; sizeBytes: number }): void {
    this.#orphans.push(orphan)
  }

  /** A session that outlived its caller, for `endSessions`. */
  leaveSession(session: string): void {
    this.#sessions.add(session)
  }

  #ensure(request: SiteDatabaseRequest): { created: boolean } {
    ident(request.name)
    for (const role of request.roles) ident(role.name)
    const found = this.#databases.get(request.name)
    if (found && !found.halfDropped && (found.template || found.tag !== request.tag)) {
      throw new DriverError('already-exists', `the database ${request.name} belongs to ${found.tag}`)
    }
    if (request.template !== null && !this.#databases.get(ident(request.template))?.template) {
      throw new DriverError('not-found', `no template ${request.template}`)
    }
    for (const role of request.roles) this.#roles.set(role.name, role)
    const roles = request.roles.map((role) => role.name)
    const template = request.template === null ? undefined : this.#databases.get(request.template)
    const rows = found && !found.halfDropped ? found.rows : [...(template?.rows ?? [])]
    this.#databases.set(request.name, { tag: request.tag, template: false, halfDropped: false, roles, rows })
    return { created: !found || found.halfDropped }
  }

  async #build(name: string, build: (connection: Connection) => Promise<void>): Promise<void> {
    await nextTurn()
    await build({
      host: this.endpoint.host,
      database: name,
      user: 'memory',
      password: new Secret('memory'),
      applicationName: 'platen-template',
    })
    this.#databases.set(name, { tag: 'template', template: true, halfDropped: false, roles: [], rows: [] })
  }

  async *#dumpOf(request: DumpRequest, options: CallOptions): AsyncGenerator<string> {
    throwIfAborted(options.signal, `dumping the database ${request.database}`)
    this.#open(request.database)
    this.#login(request, 'dumper')
    const found = this.#snapshots.get(request.snapshot)
    if (found?.database !== request.database)
      throw new DriverError('unavailable', `the snapshot ${request.snapshot} does not exist`)
    yield dumpMark
    await this.faults.run('dump', options.signal, nextTurn)
    yield JSON.stringify(found.rows)
  }

  #open(name: string): MemoryDatabase {
    const found = this.#databases.get(ident(name))
    if (found && !found.template && !found.halfDropped) return found
    throw new DriverError('not-found', `there is no database ${name}`)
  }

  #login({ database, user, password }: { database: string; user: string; password: Secret }, kind: SiteRoleKind): void {
    const role = this.#roles.get(ident(user))
    if (role?.password.expose() !== password.expose())
      throw new DriverError('unauthorized', `not the password of ${user}`)
    if (role.kind !== kind || !this.#open(database).roles.includes(user))
      throw new DriverError('refused', `${user} is not a role of kind ${kind} of ${database}`)
  }

  #wrongWith(wanted: SiteRole, database: MemoryDatabase, checksPasswords: boolean): string[] {
    const found = this.#roles.get(wanted.name)
    if (!found) return [`the role ${wanted.name} is missing`]
    const wrong: string[] = []
    if (found.connectionLimit !== wanted.connectionLimit)
      wrong.push(
        `the role ${wanted.name} may hold ${found.connectionLimit} connections instead of ${wanted.connectionLimit}`,
      )
    if (!database.roles.includes(wanted.name)) wrong.push(`the role ${wanted.name} may not connect`)
    if (checksPasswords && found.password.expose() !== wanted.password.expose())
      wrong.push(`the role ${wanted.name} has another password`)
    return wrong
  }

  #dropRole(name: string): void {
    const user = [...this.#databases].find(([, database]) => database.roles.includes(name))
    if (user) throw new DriverError('refused', `the role ${name} is still used by ${user[0]}`)
    this.#roles.delete(name)
  }
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}
