import { z } from 'zod'
import { defineOperation, type StepContext } from '@platen/kit/operations'
import { assignEmptiestBench, markArchived, publishEverywhere, setSiteState, siteRemovalSteps } from '../sites/index.ts'
import { backupSteps } from './back-up-site.ts'
import type { BackupDeps } from './backup-deps.ts'
import { forgetBackup } from './backup-store.ts'
import { rebuildingSteps } from './restore-site-as-new.ts'

const archiveInput = z.strictObject({
  siteId: z.uuid(),
  /** Of the final backup, to be made. */
  backupId: z.uuid(),
  stateBefore: z.enum(['active', 'suspended']),
})
type ArchiveContext = StepContext<z.infer<typeof archiveInput>, BackupDeps>

/**
 * Nobody is let in any more, then the final backup is made: it holds every write there was. Only when that is proven does the site's
 * database go. Name and hosts stay reserved.
 */
export const archiveSite = defineOperation<z.infer<typeof archiveInput>, BackupDeps>({
  type: 'archive-site',
  version: 1,
  input: archiveInput,
  steps: [
    { name: 'close-site', run: (context) => becomes(context, 'suspended'), undo: reopen },
    ...backupSteps,
    ...siteRemovalSteps,
    {
      name: 'mark-archived',
      run: ({ input, write }) => write((tx) => markArchived(tx, input.siteId)),
      undo: 'nothing-to-undo',
    },
  ],
  onFailed: ({ input, write }) => write((tx) => forgetBackup(tx, input.backupId)),
})

const becomes = (context: ArchiveContext, state: 'active' | 'suspended'): Promise<void> =>
  publishEverywhere(context, (tx) => setSiteState(tx, context.input.siteId, state))

function reopen(context: ArchiveContext): Promise<void> {
  return becomes(context, context.input.stateBefore)
}

const reviveInput = z.strictObject({ siteId: z.uuid(), backupId: z.uuid() })
type ReviveContext = StepContext<z.infer<typeof reviveInput>, BackupDeps>

/** An archived site is what its final backup shows, under the same name and hosts. */
export const reviveSite = defineOperation<z.infer<typeof reviveInput>, BackupDeps>({
  type: 'revive-site',
  version: 1,
  input: reviveInput,
  steps: [
    { name: 'take-place', run: takePlace, undo: giveUpPlace, retry: { attempts: 20, baseMs: 250 } },
    ...rebuildingSteps,
  ],
})

function takePlace({ input, write }: ReviveContext): Promise<void> {
  // Counting every tenant's sites to find the emptiest bench is the platform's business.
  return write((tx) => assignEmptiestBench(tx, input.siteId), { operator: true })
}

function giveUpPlace({ input, write }: ReviveContext): Promise<void> {
  return write((tx) => setSiteState(tx, input.siteId, 'archived'))
}
