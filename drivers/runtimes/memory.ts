import { createHash } from 'node:crypto'
import { Secret } from '@platen/kit/secrets'
import { DriverError, Faults } from '../errors/index.ts'
import type { CallOptions, Runtime, RuntimeDescription } from './contract.ts'

type Request<Method extends keyof Runtime> = Parameters<Runtime[Method]>[0]
type Answer<Method extends keyof Runtime> = ReturnType<Runtime[Method]>

/** The site databases, as far as a bench in memory reads and writes them: `MemoryDatabaseServer` is one. */
export interface MemoryTables {
  read(database: string, snapshot?: string): string[]
  replace(database: string, rows: readonly string[]): void
}

export interface MemoryRuntimeOptions {
  /** Where administrators are kept as rows, so that dumps and restores carry them. Without it only this object knows them. */
  tables?: MemoryTables
  /**
   * True: a ticket needs an administrator seeded here, as with a real bench. Default false, for tests that make sites by writing
   * rows.
   */
  knowsOnlySeeded?: boolean
}

/** A bench in memory: keeps who was seeded where. `faults` says which calls fail. */
export class MemoryRuntime implements Runtime {
  readonly faults = new Faults<keyof Runtime>()
  /** Database name -> e-mail of its administrator. */
  readonly administrators = new Map<string, string>()
  readonly #release: string
  readonly #knowsOnlySeeded: boolean
  readonly #tables: MemoryTables | undefined
  readonly #migrated = new Set<string>()
  /** Site id -> e-mails that may come in. */
  readonly #people = new Map<string, Set<string>>()
  #tickets = 0

  constructor(release = 'feedfacefeedface', { knowsOnlySeeded = false, tables }: MemoryRuntimeOptions = {}) {
    this.#tables = tables
    this.#release = release
    this.#knowsOnlySeeded = knowsOnlySeeded
  }

  describe({ signal }: CallOptions = {}): Promise<RuntimeDescription> {
    return this.faults.run('describe', signal, () => ({
      release: this.#release,
      apps: [{ name: 'commerce', version: '0.0.0' }],
    }))
  }

  buildTemplate({ connection }: Request<'buildTemplate'>, { signal }: CallOptions = {}): Promise<void> {
    return this.faults.run('buildTemplate', signal, () => void this.#migrated.add(connection.database))
  }

  migrate({ connection }: Request<'migrate'>, { signal }: CallOptions = {}): Promise<{ applied: string[] }> {
    return this.faults.run('migrate', signal, () => {
      if (this.#migrated.has(connection.database)) return { applied: [] }
      this.#migrated.add(connection.database)
      return { applied: ['commerce/0001_create_products.sql'] }
    })
  }

  seedAdministrator(request: Request<'seedAdministrator'>, { signal }: CallOptions = {}): Promise<void> {
    const { connection, siteId, email } = request
    return this.faults.run('seedAdministrator', signal, () => {
      this.administrators.set(connection.database, email)
      this.#addRow(connection.database, administratorRow(siteId, email))
      this.#people.set(siteId, (this.#people.get(siteId) ?? new Set()).add(email.toLowerCase()))
    })
  }

  issueTicket({ siteId, email, expiresInSeconds }: Request<'issueTicket'>, { signal }: CallOptions = {}) {
    return this.faults.run('issueTicket', signal, (): Awaited<Answer<'issueTicket'>> => {
      if (this.#knowsOnlySeeded && this.#people.get(siteId)?.has(email.toLowerCase()) !== true) {
        throw new DriverError('not-found', `nobody with this e-mail address in site ${siteId} is known here`)
      }
      this.#tickets += 1
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString()
      return { token: new Secret(`memory-ticket-${this.#tickets}`), expiresAt }
    })
  }

  digest({ connection, snapshot }: Request<'digest'>, { signal }: CallOptions = {}): Answer<'digest'> {
    return this.faults.run('digest', signal, () => {
      if (this.#tables !== undefined) return { tables: [digestOf(this.#tables.read(connection.database, snapshot))] }
      const email = this.administrators.get(connection.database)
      const digest = createHash('sha256')
        .update(email ?? '')
        .digest('hex')
      return { tables: [{ name: 'identity.accounts', rows: email === undefined ? 0 : 1, digest }] }
    })
  }

  smokeTest({ siteId, connection }: Request<'smokeTest'>, { signal }: CallOptions = {}): Answer<'smokeTest'> {
    return this.faults.run('smokeTest', signal, () => {
      const mark = administratorRow(siteId, '')
      const ok =
        this.#tables === undefined
          ? this.administrators.has(connection.database)
          : this.#tables.read(connection.database).some((row) => row.startsWith(mark))
      const detail = ok ? 'an administrator exists' : 'nobody may administer this site'
      return { ok, checks: [{ name: 'identity', ok, detail }] }
    })
  }

  adopt({ connection, fromSiteId, toSiteId }: Request<'adopt'>, { signal }: CallOptions = {}): Promise<void> {
    return this.faults.run('adopt', signal, () => {
      const { database } = connection
      const rows = this.#tables?.read(database) ?? []
      const moved = rows.map((row) => row.replace(administratorRow(fromSiteId, ''), administratorRow(toSiteId, '')))
      this.#tables?.replace(database, moved)
      for (const email of this.#people.get(fromSiteId) ?? []) {
        this.administrators.set(database, email)
        this.#people.set(toSiteId, (this.#people.get(toSiteId) ?? new Set()).add(email))
      }
    })
  }

  #addRow(database: string, row: string): void {
    const rows = this.#tables?.read(database) ?? []
    if (!rows.includes(row)) this.#tables?.replace(database, [...rows, row])
  }

  /** As `CREATE DATABASE ... TEMPLATE` would. */
  cloneDatabase(from: string, to: string): void {
    const email = this.administrators.get(from)
    if (email !== undefined) this.administrators.set(to, email)
    if (this.#migrated.has(from)) this.#migrated.add(to)
  }
}

const administratorRow = (siteId: string, email: string): string => `administrator ${siteId} ${email.toLowerCase()}`

function digestOf(rows: readonly string[]): { name: string; rows: number; digest: string } {
  const digest = createHash('sha256').update(rows.toSorted().join('\n')).digest('hex')
  return { name: 'identity.accounts', rows: rows.length, digest }
}
