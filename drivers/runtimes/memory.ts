import { Secret } from '@platen/kit/secrets'
import { Faults } from '../errors/index.ts'
import type { CallOptions, Runtime, RuntimeDescription } from './contract.ts'

type Request<Method extends keyof Runtime> = Parameters<Runtime[Method]>[0]

/** A bench in memory: keeps who was seeded where. `faults` says which calls fail. */
export class MemoryRuntime implements Runtime {
  readonly faults = new Faults<keyof Runtime>()
  /** Database name -> e-mail of its administrator. */
  readonly administrators = new Map<string, string>()
  readonly #release: string
  #tickets = 0

  constructor(release = 'feedfacefeedface') {
    this.#release = release
  }

  describe({ signal }: CallOptions = {}): Promise<RuntimeDescription> {
    return this.faults.run('describe', signal, () => ({
      release: this.#release,
      apps: [{ name: 'commerce', version: '0.0.0' }],
    }))
  }

  buildTemplate(_request: Request<'buildTemplate'>, { signal }: CallOptions = {}): Promise<void> {
    return this.faults.run('buildTemplate', signal, () => undefined)
  }

  migrate(_request: Request<'migrate'>, { signal }: CallOptions = {}): Promise<{ applied: string[] }> {
    return this.faults.run('migrate', signal, () => ({ applied: [] }))
  }

  seedAdministrator({ connection, email }: Request<'seedAdministrator'>, { signal }: CallOptions = {}): Promise<void> {
    return this.faults.run('seedAdministrator', signal, () => void this.administrators.set(connection.database, email))
  }

  issueTicket(
    { expiresInSeconds }: Request<'issueTicket'>,
    { signal }: CallOptions = {},
  ): Promise<{ token: Secret; expiresAt: string }> {
    return this.faults.run('issueTicket', signal, () => {
      this.#tickets += 1
      const expiresAt = new Date(Date.now() + expiresInSeconds * 1000).toISOString()
      return { token: new Secret(`memory-ticket-${this.#tickets}`), expiresAt }
    })
  }

  digest(
    _request: Request<'digest'>,
    { signal }: CallOptions = {},
  ): Promise<{ tables: { name: string; rows: number; digest: string }[] }> {
    return this.faults.run('digest', signal, () => ({ tables: [] }))
  }
}
