import type { MigrationSet } from '@platen/kit/sql'

/** The schema `identity`, the same in the control plane and in every site (decision 13). */
export const identityMigrations: MigrationSet = {
  name: 'identity',
  directory: new URL('./migrations/', import.meta.url),
}
