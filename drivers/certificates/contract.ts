/**
 * Certificates for the edge.
 *
 * What every vendor promises
 * - `ensureAuthority` and `issue` may be repeated and may run in several processes at once. Issuing twice gives two valid certificates;
 *   the issuer keeps no list of them, the caller stores what it got.
 * - Only DriverErrors: `refused` for names that this issuer cannot or may not certify and for lifetimes it does not give.
 * - Nothing is cached: what is returned was signed in this call.
 */
import type { Secret } from '@platen/kit/secrets'

export interface CallOptions {
  signal?: AbortSignal
}

export interface Authority {
  certificatePem: string
  /** `AB:CD:..` as browsers show it. */
  fingerprintSha256: string
  notAfter: Date
  /** DNS subtrees the authority may certify, critical in its certificate; null: any name. IP addresses are always permitted. */
  permittedDomains: string[] | null
}

export interface IssuedCertificate {
  names: string[]
  /** The leaf, then its issuers. */
  certificatePem: string
  privateKeyPem: Secret
  notBefore: Date
  notAfter: Date
  /** Hex. */
  serial: string
}

export interface CertificateIssuer {
  /** Makes the authority when there is none; one that may not certify the platform's zone is replaced. */
  ensureAuthority(options?: CallOptions): Promise<Authority>
  /**
   * @param request.names lower-case DNS names, also `*.zone`, and IP addresses; at least one, at most 100.
   * @param request.days 1 to 397, which is the most that browsers accept. Shorter when the authority ends earlier.
   */
  issue(request: { names: string[]; days: number }, options?: CallOptions): Promise<IssuedCertificate>
  describe(options?: CallOptions): Promise<{ authority: Authority | null }>
  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }>
}

export const MAX_LEAF_DAYS = 397

/** Renewal is due when less than a third of the lifetime is left, whatever the lifetime is. */
export function isRenewalDue(certificate: { notBefore: Date; notAfter: Date }, now: Date): boolean {
  const lifetimeMs = certificate.notAfter.getTime() - certificate.notBefore.getTime()
  return certificate.notAfter.getTime() - now.getTime() < lifetimeMs / 3
}
