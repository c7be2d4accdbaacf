export type {
  CallOptions,
  DatabaseDescription,
  DatabaseServer,
  DatabaseSnapshot,
  DumpRequest,
  RenameRequest,
  RestoreSiteRequest,
  ServerDescription,
  SiteDatabaseRequest,
  SiteExpectation,
  SiteInspection,
  SiteRole,
  SiteRoleKind,
} from './contract.ts'
export { MemoryDatabaseServer } from './memory.ts'
export { bootstrapServer, type ServerPasswords } from './postgres/bootstrap.ts'
export {
  controlPlaneConnection,
  controlPlanePassword,
  embeddedPasswords,
  loadOrCreateSecretFile,
  provisionerConnection,
} from './postgres/credentials.ts'
export { PostgresDatabaseServer } from './postgres/driver.ts'
export { pgTools, type PgTools } from './postgres/tools/index.ts'
export { EmbeddedPostgres, type EmbeddedPostgresOptions, type StopMode } from './postgres/embedded/index.ts'
