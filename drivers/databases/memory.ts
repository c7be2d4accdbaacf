import { setImmediate as nextTurn } from 'node:timers/promises'
import { Secret } from '@platen/kit/secrets'
import type { Connection } from '@platen/kit/sql'
import { DriverError, Faults } from '../errors/index.ts'
import type { CallOptions, DatabaseServer, ServerDescription, SiteDatabaseRequest, SiteRole } from './contract.ts'
import { ident } from './postgres/quoting.ts'

interface MemoryDatabase {
  tag: string | null
  template: boolean
  halfDropped: boolean
  roles: string[]
}

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

  ensureSiteDatabase(request: SiteDatabaseRequest, options: CallOptions = {}): Promise<{ created: boolean }> {
    return this.faults.run('ensureSiteDatabase', options.signal, () => this.#ensure(request))
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
    this.#databases.set(request.name, { tag: request.tag, template: false, halfDropped: false, roles })
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
    this.#databases.set(name, { tag: 'template', template: true, halfDropped: false, roles: [] })
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
