import type { MigrationSet } from '../sql/index.ts'

/** Schema `outbox`, for site databases and the control plane. */
export const outboxMigrations: MigrationSet = { name: 'outbox', directory: new URL('./migrations/', import.meta.url) }
