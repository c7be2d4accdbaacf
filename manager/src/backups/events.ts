import { defineEvent } from '@platen/kit/outbox'
import { z } from 'zod'

export const BackupVerified = defineEvent({
  type: 'BackupVerified',
  version: 1,
  aggregate: 'backup',
  description:
    'A backup was restored into a database of nobody, compared row by row, and found whole for the first time.',
  payload: z.strictObject({
    backupId: z.uuid(),
    siteId: z.uuid(),
    takenAt: z.iso.datetime(),
    sizeBytes: z.int().describe('As stored: compressed and sealed.'),
    restoreMs: z.int().describe('How long the proof took.'),
  }),
})
