/** Certificates by SNI name. Contexts are made when first asked for and kept for the most recently used names. */
import { createHash, X509Certificate } from 'node:crypto'
import { isIP } from 'node:net'
import { createSecureContext, type SecureContext } from 'node:tls'
import { openSealed, sealingContexts, type EdgeCertificate } from '../../snapshots/index.ts'
import { normalizeName } from './host.ts'

interface Entry {
  fingerprint: string
  certificatePem: string
  privateKeyPem: string
}

const MAX_CONTEXTS = 1000

export class CertificateStore {
  readonly #sealingKey: Buffer
  /** By fingerprint, least recently used first. */
  readonly #contexts = new Map<string, SecureContext>()
  #byName = new Map<string, Entry>()
  #default: Entry | undefined

  constructor(sealingKey: Buffer) {
    this.#sealingKey = sealingKey
  }

  /**
   * Replaces what is presented. A certificate that cannot be opened is left out, its earlier version stays.
   * @returns sentences about those.
   */
  replace(certificates: readonly EdgeCertificate[], consoleHost: string): string[] {
    const problems: string[] = []
    const byName = new Map<string, Entry>()
    let byAddress: Entry | undefined
    for (const certificate of certificates) {
      const entry = this.#open(certificate, problems)
      if (!entry) continue
      for (const name of certificate.names) {
        if (isIP(name) === 0) byName.set(name, entry)
        else byAddress ??= entry
      }
    }
    this.#byName = byName
    this.#default = byAddress ?? this.#find(consoleHost)
    const used = new Set([...byName.values(), this.#default].map((entry) => entry?.fingerprint))
    for (const fingerprint of this.#contexts.keys()) if (!used.has(fingerprint)) this.#contexts.delete(fingerprint)
    return problems
  }

  /** @param servername as in the handshake. @returns undefined when no certificate covers it: the handshake is refused. */
  context(servername: string): SecureContext | undefined {
    const name = normalizeName(servername)
    const entry = name === undefined ? undefined : this.#find(name)
    return entry && this.#contextOf(entry)
  }

  /** For connections without SNI: by IP address. */
  defaultCredentials(): { cert: string; key: string } | undefined {
    return this.#default && { cert: this.#default.certificatePem, key: this.#default.privateKeyPem }
  }

  #find(name: string): Entry | undefined {
    return this.#byName.get(name) ?? this.#byName.get(`*${name.slice(Math.max(0, name.indexOf('.')))}`)
  }

  #open(certificate: EdgeCertificate, problems: string[]): Entry | undefined {
    const { names, certificatePem, sealedPrivateKey } = certificate
    const fingerprint = createHash('sha256').update(certificatePem).digest('hex')
    const present = names.map((name) => this.#byName.get(name)).find((entry) => entry !== undefined)
    if (present?.fingerprint === fingerprint) return present
    try {
      const privateKeyPem = openSealed(
        this.#sealingKey,
        sealedPrivateKey,
        sealingContexts.certificateKey(names),
      ).toString()
      // Throws when the two do not belong together: better known now than at a visitor's handshake.
      createSecureContext({ cert: certificatePem, key: privateKeyPem })
      if (new X509Certificate(certificatePem).validToDate < new Date())
        problems.push(`the certificate for ${names.join(', ')} has expired`)
      return { fingerprint, certificatePem, privateKeyPem }
    } catch (error) {
      problems.push(
        `the certificate for ${names.join(', ')} cannot be used: ${error instanceof Error ? error.message : String(error)}`,
      )
      return present
    }
  }

  #contextOf(entry: Entry): SecureContext {
    const context =
      this.#contexts.get(entry.fingerprint) ??
      createSecureContext({ cert: entry.certificatePem, key: entry.privateKeyPem, minVersion: 'TLSv1.2' })
    this.#contexts.delete(entry.fingerprint)
    this.#contexts.set(entry.fingerprint, context)
    const oldest = this.#contexts.keys().next()
    if (this.#contexts.size > MAX_CONTEXTS && !oldest.done) this.#contexts.delete(oldest.value)
    return context
  }
}
