/** What of the platform waits for a person. Pure: the clock comes in. */
import { isOver } from '../../api/queries.ts'
import type { Operation, Site } from '../../api/types.ts'
import { isOverdue } from '../../backups/backup-days.ts'

const dayMs = 86_400_000

/**
 * Operations that went wrong and nobody has made good: stuck ones always, failed ones for a day, unless the same has succeeded since.
 * @param operations newest first.
 */
export function operationsInTrouble(operations: readonly Operation[], now: number): Operation[] {
  return operations.filter((operation, index) => {
    if (operation.state === 'needs-attention') return true
    if (operation.state !== 'failed' || now - Date.parse(operation.createdAt) > dayMs) return false
    return !operations.slice(0, index).some((later) => later.state === 'succeeded' && isSameWork(later, operation))
  })
}

const isSameWork = (one: Operation, other: Operation): boolean =>
  one.type === other.type && one.subject.id === other.subject.id

/** Sites that serve people and have no proven backup of the last day; a new one gets its first day to be backed up. */
export function sitesWithoutBackup(sites: readonly Site[], now: number): Site[] {
  return sites.filter(
    ({ state, createdAt, lastVerifiedBackupAt }) =>
      ['active', 'suspended', 'broken'].includes(state) && isOverdue(lastVerifiedBackupAt ?? createdAt, now),
  )
}

export const runningOperations = (operations: readonly Operation[]): Operation[] =>
  operations.filter((operation) => !isOver(operation))
