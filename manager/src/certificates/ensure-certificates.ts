import { isRenewalDue, type CertificateIssuer } from '@platen/drivers/certificates'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import type { Published, SnapshotPublisher } from '../snapshots/index.ts'
import { insertCertificate, listServedCertificates } from './certificate-store.ts'
import { certificateProblems } from './problems.ts'

/** Browsers accept at most 397 days; we renew by fraction of lifetime, so shorter costs nothing. */
const leafDays = 90

export interface EnsureCertificatesOptions {
  db: Db
  vault: Vault
  issuer: CertificateIssuer
  issuerName: string
  zone: string
  /** IP addresses that the console is reached by on a machine without a name. */
  addresses: readonly string[]
  snapshots: SnapshotPublisher
}

/** Why a certificate has to be issued. */
export type CertificateNeed = 'missing' | 'expiring' | 'authority-changed'

/**
 * Whether the zone's certificate is there, is of the authority that people trust now (another one: its folder was lost), and has more than a
 * third of its life left. Makes the authority if there is none.
 */
export async function certificateNeed({
  db,
  issuer,
  zone,
  addresses,
}: Pick<EnsureCertificatesOptions, 'db' | 'issuer' | 'zone' | 'addresses'>): Promise<CertificateNeed | null> {
  const authority = await issuer.ensureAuthority()
  const names = wantedNames(zone, addresses)
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const present = served.find((certificate) => certificate.names.join() === names.join())
  if (present === undefined) return 'missing'
  if (!present.certificate_pem.includes(authority.certificatePem.trim())) return 'authority-changed'
  return isRenewalDue({ notBefore: present.not_before, notAfter: present.not_after }, new Date()) ? 'expiring' : null
}

/** One certificate for every host of the zone, the console's IP addresses included. Answers what the edge has yet to acknowledge. */
export async function ensureCertificates(options: EnsureCertificatesOptions): Promise<Published[]> {
  const { db, vault, issuer, issuerName, zone, addresses, snapshots } = options
  if ((await certificateNeed(options)) === null) return []
  const issued = await issuer.issue({ names: wantedNames(zone, addresses), days: leafDays })
  return withScope(db, { operator: true }, async (tx) => {
    await insertCertificate(tx, vault, { ...issued, issuer: issuerName })
    return snapshots.changedForEdge(tx)
  })
}

const wantedNames = (zone: string, addresses: readonly string[]): string[] => [`*.${zone}`, zone, ...addresses]

/** Throws `certificate-missing` (503, retryable) while no valid certificate covers the host. */
export async function requireCertificateFor(db: Db, host: string): Promise<void> {
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const wildcard = `*.${host.split('.').slice(1).join('.')}`
  if (served.some(({ names }) => names.includes(host) || names.includes(wildcard))) return
  throw certificateProblems.problem('certificate-missing', `No certificate for ${host} yet.`)
}
