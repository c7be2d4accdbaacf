import { isRenewalDue, type CertificateIssuer } from '@platen/drivers/certificates'
import type { Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import type { SnapshotPublisher } from '../snapshots/index.ts'
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

/** One certificate for every host of the zone, the console's IP addresses included. Renewed when a third of its life is left. */
export async function ensureCertificates({
  db,
  vault,
  issuer,
  issuerName,
  zone,
  addresses,
  snapshots,
}: EnsureCertificatesOptions): Promise<void> {
  await issuer.ensureAuthority()
  const names = [`*.${zone}`, zone, ...addresses]
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const present = served.find((certificate) => certificate.names.join() === names.join())
  if (present && !isRenewalDue({ notBefore: present.not_before, notAfter: present.not_after }, new Date())) return
  const issued = await issuer.issue({ names, days: leafDays })
  await withScope(db, { operator: true }, async (tx) => {
    await insertCertificate(tx, vault, { ...issued, issuer: issuerName })
    await snapshots.changedForEdge(tx)
  })
}

/** Throws `certificate-missing` (503, retryable) while no valid certificate covers the host. */
export async function requireCertificateFor(db: Db, host: string): Promise<void> {
  const served = await withScope(db, { operator: true }, listServedCertificates)
  const wildcard = `*.${host.split('.').slice(1).join('.')}`
  if (served.some(({ names }) => names.includes(host) || names.includes(wildcard))) return
  throw certificateProblems.problem('certificate-missing', `No certificate for ${host} yet.`)
}
