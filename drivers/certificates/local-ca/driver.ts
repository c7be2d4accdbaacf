/**
 * The platform's own authority on disk: `<directory>/ca.crt` and `<directory>/ca.key` (0600).
 *
 * Both files appear together: they are written into a folder beside, and that folder is renamed into place. The rename fails when
 * another process was faster, then its authority is used. People have imported this certificate into their browsers, so it is
 * replaced in one case only: the zone was changed to one that its name constraints do not permit. The earlier folder is kept.
 */
import { randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Secret } from '@platen/kit/secrets'
import { DriverError, isDriverError, throwIfAborted } from '../../errors/index.ts'
import type { Authority, CallOptions, CertificateIssuer, IssuedCertificate } from '../contract.ts'
import { mayCertify, permittedDomainsFor } from '../names.ts'
import { belongsTogether, createAuthority, createLeaf, readAuthority, type AuthorityFiles } from '../x509.ts'

const WARN_BEFORE_END_MS = 365 * 24 * 3600 * 1000

export interface LocalCaOptions {
  /** `<data dir>/ca` */
  directory: string
  /** Decides about name constraints, see `permittedDomainsFor`. */
  zone: string
  now?: () => Date
}

export class LocalCa implements CertificateIssuer {
  readonly #directory: string
  readonly #zone: string
  readonly #now: () => Date

  constructor(options: LocalCaOptions) {
    this.#directory = options.directory
    this.#zone = options.zone
    this.#now = options.now ?? (() => new Date())
  }

  async ensureAuthority(options: CallOptions = {}): Promise<Authority> {
    throwIfAborted(options.signal, 'ensuring the local authority')
    return readAuthority((await this.#ensure()).certificatePem)
  }

  async issue(request: { names: string[]; days: number }, options: CallOptions = {}): Promise<IssuedCertificate> {
    throwIfAborted(options.signal, 'issuing a certificate')
    return createLeaf(await this.#ensure(), request, this.#now())
  }

  async describe(options: CallOptions = {}): Promise<{ authority: Authority | null }> {
    throwIfAborted(options.signal, 'describing the local authority')
    const files = await this.#read()
    return { authority: files ? readAuthority(files.certificatePem) : null }
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    throwIfAborted(options.signal, 'checking the local authority')
    try {
      const { authority } = await this.describe()
      if (!authority) return { ok: false, detail: 'there is no authority yet' }
      if (!mayCertify(authority.permittedDomains, this.#zone))
        return { ok: false, detail: `the authority may not certify ${this.#zone}` }
      const ends = authority.notAfter.toISOString().slice(0, 10)
      const ok = authority.notAfter.getTime() - this.#now().getTime() > WARN_BEFORE_END_MS
      return {
        ok,
        detail: ok ? `valid until ${ends}` : `ends on ${ends}: remove ${this.#directory} and import the new one`,
      }
    } catch (error) {
      if (isDriverError(error)) return { ok: false, detail: error.message }
      throw error
    }
  }

  async #ensure(): Promise<AuthorityFiles> {
    const present = await this.#read()
    if (present && mayCertify(readAuthority(present.certificatePem).permittedDomains, this.#zone)) return present
    if (present) await this.#setAside()
    return this.#create()
  }

  async #create(): Promise<AuthorityFiles> {
    const files = await createAuthority(permittedDomainsFor(this.#zone), this.#now())
    const draft = `${this.#directory}.${randomBytes(6).toString('hex')}.tmp`
    try {
      await mkdir(dirname(this.#directory), { recursive: true, mode: 0o700 })
      await mkdir(draft, { mode: 0o700 })
      await writeFile(join(draft, 'ca.key'), files.privateKeyPem.expose(), { mode: 0o600, flush: true })
      await writeFile(join(draft, 'ca.crt'), files.certificatePem, { mode: 0o644, flush: true })
      await rename(draft, this.#directory)
      return files
    } catch (cause) {
      const winner = await this.#read()
      if (winner) return winner
      throw new DriverError('unavailable', `the authority cannot be written to ${this.#directory}`, { cause })
    } finally {
      await rm(draft, { recursive: true, force: true })
    }
  }

  /** Another process may do the same: whoever is late finds nothing to set aside. */
  async #setAside(): Promise<void> {
    const kept = `${this.#directory}-replaced-${this.#now().toISOString().replaceAll(/[:.]/g, '')}`
    await rename(this.#directory, kept).catch(() => undefined)
  }

  async #read(): Promise<AuthorityFiles | undefined> {
    const keyFile = join(this.#directory, 'ca.key')
    const [certificatePem, key] = await Promise.all([
      readIfPresent(join(this.#directory, 'ca.crt')),
      readIfPresent(keyFile),
    ])
    if (certificatePem === undefined && key === undefined) return undefined
    if (certificatePem === undefined || key === undefined) {
      throw new DriverError(
        'protocol',
        `${this.#directory} holds only one of ca.crt and ca.key: bring the other back or remove both`,
      )
    }
    if (((await stat(keyFile)).mode & 0o077) !== 0) {
      throw new DriverError(
        'refused',
        `${keyFile} may be read by others: chmod 600 it, and replace the authority if somebody did`,
      )
    }
    const files = { certificatePem, privateKeyPem: new Secret(key) }
    const fits = await belongsTogether(files).catch((cause: unknown) => {
      throw new DriverError('protocol', `${this.#directory} does not hold a certificate and its key`, { cause })
    })
    if (!fits) throw new DriverError('protocol', `ca.crt and ca.key in ${this.#directory} do not belong together`)
    return files
  }
}

async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw new DriverError('unavailable', `${file} cannot be read`, { cause })
  }
}
