export { EmbeddedPostgres, embeddedMajor, embeddedSuperuser } from './embedded-postgres.ts'
export type { EmbeddedPostgresOptions, StopMode } from './embedded-postgres.ts'
