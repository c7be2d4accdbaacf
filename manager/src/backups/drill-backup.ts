import { z } from 'zod'
import { defineOperation } from '@platen/kit/operations'
import { removeThrowaway, verify } from './back-up-site.ts'
import type { BackupDeps, BackupInput } from './backup-deps.ts'
import { markFailed } from './backup-store.ts'

/** What says that the backup itself is no good, and not that something was out of reach. */
const verdicts: readonly string[] = ['backup-damaged', 'backup-differs']

/** Proves a stored backup once more: disks rot. One that fails is `failed` from then on, and its objects stay to be looked at. */
export const drillBackup = defineOperation<BackupInput, BackupDeps>({
  type: 'drill-backup',
  version: 1,
  input: z.strictObject({ siteId: z.uuid(), backupId: z.uuid() }),
  steps: [{ name: 'verify', run: verify, undo: removeThrowaway, timeoutMs: 3_600_000 }],
  onFailed: async ({ input, write }, { problem }) => {
    if (problem === null || !verdicts.includes(problem.code)) return
    await write((tx) => markFailed(tx, input.backupId, problem.detail))
  },
})
