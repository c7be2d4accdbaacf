import { identityMigrations } from '@platen/identity'
import { jobsMigrations } from '@platen/kit/jobs'
import { operationsMigrations } from '@platen/kit/operations'
import { outboxMigrations } from '@platen/kit/outbox'
import type { MigrationSet } from '@platen/kit/sql'

/** The control plane's database, in order. */
export const managerMigrations: readonly MigrationSet[] = [
  outboxMigrations,
  jobsMigrations,
  operationsMigrations,
  identityMigrations,
  { name: 'manager', directory: new URL('../migrations/', import.meta.url) },
]
