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

/**
 * One certificate for every host of the zone, the console's IP addresses included. Renewed when a third of its life is left, or when
 * the authority is another one (its folder was lost). Answers what the edge has yet to acknowledge.
 */
export async function ensureCertificates({
  db,
  vault,
  issuer,
  issuerName,
  zone,
  addresses,
  snapshots,
}: EnsureCertificatesOptions): Promise<Published[]> {
  const authority = await issuer.ensureAuthority()
  const names = [`*.${zone}`, zone, ...addresses]
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const present = served.find((certificate) => certificate.names.join() === names.join())
  const isOurs = present?.certificate_pem.includes(authority.certificatePem.trim()) === true
  const lifetime = present && { notBefore: present.not_before, notAfter: present.not_after }
  if (isOurs && lifetime && !isRenewalDue(lifetime, new Date())) return []
  const issued = await issuer.issue({ names, days: leafDays })
  return withScope(db, { operator: true }, async (tx) => {
    await insertCertificate(tx, vault, { ...issued, issuer: issuerName })
    return snapshots.changedForEdge(tx)
  })
}

/** Throws `certificate-missing` (503, retryable) while no valid certificate covers the host. */
export async function requireCertificateFor(db: Db, host: string): Promise<void> {
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const wildcard = `*.${host.split('.').slice(1).join('.')}`
  if (served.some(({ names }) => names.includes(host) || names.includes(wildcard))) return
  throw certificateProblems.problem('certificate-missing', `No certificate for ${host} yet.`)
}
