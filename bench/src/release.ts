import { commerceMigrations } from '@platen/commerce'
import { identityMigrations } from '@platen/identity'
import { siteJobsMigrations } from '@platen/kit/jobs'
import { outboxMigrations } from '@platen/kit/outbox'
import { migrationsFingerprint, type MigrationSet } from '@platen/kit/sql'

/** What every site database of this release holds, in order. */
export const releaseMigrations: readonly MigrationSet[] = [
  outboxMigrations,
  siteJobsMigrations,
  identityMigrations,
  commerceMigrations,
]

/** A release is named by its migrations: the same name means the same template. */
export const releaseName = migrationsFingerprint(releaseMigrations)

export const releaseApps = [{ name: 'commerce', version: '0.1.0' }]
