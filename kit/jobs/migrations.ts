import type { MigrationSet } from '../sql/index.ts'

/** Schemas `graphile_worker` and `jobs` of the control plane. The roles platen_api and platen_worker must exist before. */
export const jobsMigrations: MigrationSet = { name: 'jobs', directory: new URL('./migrations/', import.meta.url) }

/** Schema `jobs` of a site's database: the same rows, without graphile-worker. */
export const siteJobsMigrations: MigrationSet = {
  name: 'site-jobs',
  directory: new URL('./site-migrations/', import.meta.url),
}
