import type { AuditTrail } from '@platen/identity'
import { defineJob, FinalFailure, type JobSchedule } from '@platen/kit/jobs'
import { z } from 'zod'

export interface VerifyAuditDeps {
  auditTrail: Pick<AuditTrail, 'verify'>
}

const payload = z.strictObject({})
/** Every entry there is is read. */
const timeoutMs = 2 * 3_600_000

/**
 * Proves every chain of the control plane. What it finds is the error of the failed job, which stays, with the alert `audit-broken`, until
 * somebody discards it: that a later round is content takes nothing back.
 */
export const verifyAuditTrail = defineJob<typeof payload, VerifyAuditDeps>({
  name: 'verify-audit-trail',
  payload,
  queue: 'low',
  timeoutMs,
  run: async (_payload, { deps }) => {
    const { firstBad } = await deps.auditTrail.verify({ operator: true })
    if (firstBad === null) return
    const { why, chain, entryId, at } = firstBad
    const entry = entryId === null ? 'an entry that is not there any more' : `entry ${entryId}`
    throw new FinalFailure(`${why} in the chain ${chain}: ${entry}${at === null ? '' : ` of ${at}`}`)
  },
})

export const verifyingSchedule: JobSchedule<VerifyAuditDeps> = {
  job: verifyAuditTrail,
  cron: '40 3 * * *',
  timeZone: 'UTC',
}
