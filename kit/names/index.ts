export {
  CONTROL_PLANE_DATABASE,
  CONTROL_PLANE_ROLES,
  DATABASE_PORT,
  DEFAULT_PREFIX,
  PROVISIONER_ROLE,
  SITE_GROUP_ROLES,
  siteDatabaseName,
  siteAnchorPrefix,
  siteObjectPrefix,
  siteRoleNames,
  templateDatabaseName,
  type SiteRoleKind,
} from './databases.ts'
export {
  benchConsumer,
  benchProcessNumber,
  dataPaths,
  EDGE_CONSUMER,
  isBenchName,
  type DataPaths,
} from './data-directory.ts'
export { ensureRunDirectory, runDirectory, socketPaths, type SocketPaths } from './run-directory.ts'
