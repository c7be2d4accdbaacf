import { throwIfAborted } from '../errors/index.ts'
import type { Authority, CallOptions, CertificateIssuer, IssuedCertificate } from './contract.ts'
import { mayCertify, permittedDomainsFor } from './names.ts'
import { createAuthority, createLeaf, readAuthority, type AuthorityFiles } from './x509.ts'

type Method = 'ensureAuthority' | 'issue' | 'describe' | 'check'

/** Real certificates of an authority that lives as long as the object. */
export class MemoryCertificates implements CertificateIssuer {
  readonly #zone: string
  readonly #now: () => Date
  readonly #faults: { method: Method; error: Error }[] = []
  #authority: Promise<AuthorityFiles> | undefined

  constructor(options: { zone: string; now?: () => Date }) {
    this.#zone = options.zone
    this.#now = options.now ?? (() => new Date())
  }

  /** The next call of the method fails before it has had an effect. */
  failNext(method: Method, error: Error): void {
    this.#faults.push({ method, error })
  }

  async ensureAuthority(options: CallOptions = {}): Promise<Authority> {
    this.#enter('ensureAuthority', options)
    return readAuthority((await this.#files()).certificatePem)
  }

  async issue(request: { names: string[]; days: number }, options: CallOptions = {}): Promise<IssuedCertificate> {
    this.#enter('issue', options)
    return createLeaf(await this.#files(), request, this.#now())
  }

  async describe(options: CallOptions = {}): Promise<{ authority: Authority | null }> {
    this.#enter('describe', options)
    const files = await this.#authority
    return { authority: files ? readAuthority(files.certificatePem) : null }
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    this.#enter('check', options)
    const files = await this.#authority
    const ok = files !== undefined && mayCertify(readAuthority(files.certificatePem).permittedDomains, this.#zone)
    return { ok, detail: ok ? 'authority in memory' : 'there is no authority yet' }
  }

  #files(): Promise<AuthorityFiles> {
    this.#authority ??= createAuthority(permittedDomainsFor(this.#zone), this.#now())
    return this.#authority
  }

  #enter(method: Method, options: CallOptions): void {
    throwIfAborted(options.signal, `certificates ${method}`)
    const index = this.#faults.findIndex((fault) => fault.method === method)
    const [fault] = index === -1 ? [] : this.#faults.splice(index, 1)
    if (fault) throw fault.error
  }
}
