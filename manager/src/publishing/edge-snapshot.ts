import { sealFor, sealingContexts, type EdgeSnapshot } from '@platen/drivers/snapshots'
import type { SocketPaths } from '@platen/kit/names'
import { rows, sql, type Tx } from '@platen/kit/sql'
import { listServedCertificates, openCertificateKey } from '../certificates/index.ts'
import { servedAs } from '../sites/index.ts'
import type { Vault } from '@platen/kit/secrets'

export interface EdgeSnapshotOptions {
  vault: Vault
  zone: string
  consoleHost: string
  httpsPort: number
  sockets: SocketPaths
}

/** Where each host leads, and what the edge presents for it. */
export async function buildEdgeSnapshot(
  tx: Tx,
  sealingKey: Buffer,
  options: EdgeSnapshotOptions,
): Promise<EdgeSnapshot> {
  const benches = await rows(
    tx,
    sql<{
      name: string
      processes: number
    }>`SELECT name, processes FROM manager.benches WHERE state <> 'archived' ORDER BY name`,
  )
  const routed = await rows(
    tx,
    sql<{
      host: string
      site_id: string
      bench: string
      state: string
    }>`SELECT h.host, s.id AS site_id, b.name AS bench, s.state
      FROM manager.hosts h JOIN manager.sites s ON s.id = h.site_id JOIN manager.benches b ON b.id = s.bench_id
      WHERE s.routed ORDER BY h.host`,
  )
  const certificates = await listServedCertificates(tx)
  return {
    zone: options.zone,
    consoleHost: options.consoleHost,
    httpsPort: options.httpsPort,
    benches: benches.map(({ name, processes }) => ({
      name,
      sockets: Array.from({ length: processes }, (_, index) => options.sockets.bench(name, index + 1)),
    })),
    managerSocket: options.sockets.manager,
    routes: [
      { host: options.consoleHost, target: { kind: 'manager' }, state: 'active' },
      ...routed.map(({ host, site_id: siteId, bench, state }) => ({
        host,
        target: { kind: 'bench' as const, bench, siteId },
        state: servedAs(state),
      })),
    ],
    certificates: certificates.map((certificate) => ({
      names: certificate.names,
      certificatePem: certificate.certificate_pem,
      sealedPrivateKey: sealFor(
        sealingKey,
        openCertificateKey(options.vault, certificate).expose(),
        sealingContexts.certificateKey(certificate.names),
      ),
      notAfter: certificate.not_after.toISOString(),
    })),
  }
}
