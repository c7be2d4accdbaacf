import type { CertificateNeed } from '../certificates/index.ts'
import type { Difference } from './difference.ts'

export interface ConsumerState {
  consumer: string
  version: bigint
  acknowledgedVersion: bigint
  changedAt: Date
}

/** A consumer answers within a second; one that is behind now and still at a later look is stuck. */
const inFlightMs = 5_000
const patienceMs = 30_000

/** What edge and benches have yet to serve, and whether the zone's certificate has to be issued. Pure. */
export function planRoutes(
  consumers: readonly ConsumerState[],
  certificate: CertificateNeed | null,
  zone: string,
  now: Date,
): Difference[] {
  const behind = consumers
    .filter(({ version, acknowledgedVersion }) => acknowledgedVersion < version)
    .filter(({ changedAt }) => now.getTime() - changedAt.getTime() > inFlightMs)
    .map((state): Difference => ({
      kind: 'snapshot-behind',
      subject: { kind: 'consumer', id: state.consumer, label: state.consumer },
      tenantId: null,
      detail: `${state.consumer} serves version ${state.acknowledgedVersion}; ${state.version} was published.`,
      remedy: 'publish-again',
      waitMs: patienceMs,
    }))
  return certificate === null ? behind : [...behind, certificateDifference(certificate, zone)]
}

const reasons: Readonly<Record<CertificateNeed, string>> = {
  missing: 'No valid certificate covers the zone and the addresses of the console.',
  expiring: 'The certificate has less than a third of its life left.',
  'authority-changed': 'The certificate is of another authority than the one that people are told to trust.',
}

const certificateDifference = (need: CertificateNeed, zone: string): Difference => ({
  kind: `certificate-${need}`,
  subject: { kind: 'certificate', id: zone, label: zone },
  tenantId: null,
  detail: reasons[need],
  remedy: 'issue-certificate',
})
