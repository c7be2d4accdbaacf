import { z } from 'zod'
import { backupReasons, backupStates, type BackupRow } from './backup-store.ts'

/** A backup as the API tells it. */
export const backupSchema = z
  .strictObject({
    id: z.uuid(),
    site: z.strictObject({ id: z.uuid(), name: z.string() }),
    state: z.enum(backupStates),
    reason: z.enum(backupReasons),
    createdAt: z.iso.datetime(),
    takenAt: z.iso.datetime().nullable().meta({ description: 'The moment that the backup shows' }),
    storedAt: z.iso.datetime().nullable(),
    verifiedAt: z.iso.datetime().nullable().meta({ description: 'When it had been restored and compared' }),
    restoreMs: z.int().nullable().meta({ description: 'How long the drill took' }),
    sizeBytes: z.int().nullable().meta({ description: 'Sealed, files included that are shared with other backups' }),
    plainBytes: z.int().nullable(),
    release: z.string().nullable(),
    error: z.string().nullable(),
  })
  .meta({ id: 'Backup' })

export const toBackupAnswer = (backup: BackupRow): z.infer<typeof backupSchema> => ({
  id: backup.id,
  site: { id: backup.site_id, name: backup.site_name },
  state: backup.state,
  reason: backup.reason,
  createdAt: backup.created_at.toISOString(),
  takenAt: backup.taken_at?.toISOString() ?? null,
  storedAt: backup.stored_at?.toISOString() ?? null,
  verifiedAt: backup.verified_at?.toISOString() ?? null,
  restoreMs: numberOf(backup.restore_ms),
  sizeBytes: numberOf(backup.size_bytes),
  plainBytes: numberOf(backup.plain_bytes),
  release: backup.release,
  error: backup.error,
})

const numberOf = (value: bigint | null): number | null => (value === null ? null : Number(value))
