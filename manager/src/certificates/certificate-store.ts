import type { Secret, Vault } from '@platen/kit/secrets'
import { rows, sql, type Db, type Tx } from '@platen/kit/sql'

export interface CertificateRow {
  names: string[]
  certificate_pem: string
  sealed_private_key: string
  serial: string
  not_before: Date
  not_after: Date
}

const keyContext = (serial: string): string => `manager.certificates/${serial}`

/** What the edge presents: for each set of names the newest certificate, which is of the authority that people trust now. */
export const listServedCertificates = (tx: Db): Promise<CertificateRow[]> =>
  rows(
    tx,
    sql<CertificateRow>`SELECT DISTINCT ON (names) names, certificate_pem, sealed_private_key, serial, not_before, not_after
      FROM manager.certificates WHERE state IN ('active', 'expiring') AND not_after > now() ORDER BY names, created_at DESC`,
  )

export const openCertificateKey = (vault: Vault, certificate: CertificateRow): Secret =>
  vault.open(certificate.sealed_private_key, keyContext(certificate.serial))

export async function insertCertificate(
  tx: Tx,
  vault: Vault,
  certificate: {
    names: string[]
    issuer: string
    certificatePem: string
    privateKeyPem: Secret
    serial: string
    notBefore: Date
    notAfter: Date
  },
): Promise<void> {
  await sql`INSERT INTO manager.certificates (names, state, issuer, certificate_pem, sealed_private_key, serial, not_before, not_after)
    VALUES (${certificate.names}, 'active', ${certificate.issuer}, ${certificate.certificatePem},
      ${vault.seal(certificate.privateKeyPem, keyContext(certificate.serial))}, ${certificate.serial}, ${certificate.notBefore}, ${certificate.notAfter})`.execute(
    tx,
  )
}
