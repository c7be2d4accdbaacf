import { rows, sql, withScope } from '@platen/kit/sql'
import { certificateNeed, ensureCertificates, type EnsureCertificatesOptions } from '../certificates/index.ts'
import { raiseVersions } from '../snapshots/index.ts'
import { planRoutes, type ConsumerState } from './plan-routes.ts'
import type { ReconciliationScope } from './scope.ts'

/** What edge and benches were told is in effect, and the edge has its certificate. */
export function routesScope(certificates: EnsureCertificatesOptions): ReconciliationScope {
  const { db, zone } = certificates
  return {
    name: 'routes',
    maxRepairs: 100,
    async differences(now) {
      const consumers = await rows(
        db,
        sql<ConsumerState>`SELECT consumer, version, acknowledged_version AS "acknowledgedVersion", changed_at AS "changedAt"
          FROM manager.snapshot_consumers ORDER BY consumer`,
      )
      return planRoutes(consumers, await certificateNeed(certificates), zone, now)
    },
    async repair({ remedy, subject }, record) {
      if (remedy === 'issue-certificate') {
        const published = await ensureCertificates(certificates)
        if (published.length > 0) await withScope(db, { operator: true }, record)
        return published.length > 0
      }
      return withScope(db, { operator: true }, async (tx) => {
        const raised = await raiseVersions(tx, { consumer: subject.id })
        if (raised.length > 0) await record(tx)
        return raised.length > 0
      })
    },
  }
}
