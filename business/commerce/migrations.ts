import type { MigrationSet } from '@platen/kit/sql'

/** Schema `commerce` of a site database. Apply after the outbox and identity. */
export const commerceMigrations: MigrationSet = {
  name: 'commerce',
  directory: new URL('./migrations/', import.meta.url),
}
