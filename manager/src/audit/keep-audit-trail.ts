import { setTimeout as pause } from 'node:timers/promises'
import { ensureAuditPartitions, type AuditTrail } from '@platen/identity'
import type { Logger } from '@platen/kit/logging'
import { openDatabase, type Connection } from '@platen/kit/sql'

const sealEveryMs = 1000
const retryMs = 5000
const partitionsEveryMs = 24 * 3_600_000

export interface AuditKeeping {
  trail: AuditTrail
  /** Makes the months' partitions. */
  ownerConnection: Connection
}

/** Seals and anchors what was committed, every second, and makes the months to come once a day, until the signal. */
export async function keepAuditTrail(
  { trail, ownerConnection }: AuditKeeping,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  let partitionedAtMs = -Infinity
  while (!signal.aborted) {
    let waitMs = sealEveryMs
    try {
      await trail.tend(signal)
      if (performance.now() - partitionedAtMs > partitionsEveryMs) {
        await makeMonths(ownerConnection, logger)
        partitionedAtMs = performance.now()
      }
    } catch (error) {
      if (signal.aborted) return
      logger.warn({ err: error }, 'the audit trail could not be sealed, anchored or given its months; trying again')
      waitMs = retryMs
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}

/** With a connection of its own, open only for that: nothing else acts as the owner of the tables. */
async function makeMonths(connection: Connection, logger: Logger): Promise<void> {
  const owner = openDatabase({ ...connection, max: 1 })
  try {
    const made = await ensureAuditPartitions(owner)
    if (made.length > 0) logger.info({ made }, 'partitions of the audit trail were made ahead')
  } finally {
    await owner.destroy()
  }
}
