import { opaqueName } from '../ids/index.ts'

/** Default of the setting PLATEN_PREFIX: what names given to an engine (containers, networks, volumes) begin with. */
export const DEFAULT_PREFIX = 'erp-saas-cloud-c16-'

/** Port part of the embedded server's socket file name; nothing listens on TCP. */
export const DATABASE_PORT = 5432

export const CONTROL_PLANE_DATABASE = 'platen'

/** Login roles of the control plane's database: `owner` migrates, `api` serves requests, `worker` runs operations. None bypasses row-level security. */
export const CONTROL_PLANE_ROLES = { owner: 'platen_owner', api: 'platen_api', worker: 'platen_worker' } as const

/** Creates site databases and roles; CREATEDB and CREATEROLE, not a superuser. */
export const PROVISIONER_ROLE = 'platen_provisioner'

export type SiteRoleKind = 'owner' | 'app' | 'reader' | 'dumper'

/** NOLOGIN group roles that own, or are granted, the tables of every site database; a site's login roles are members. */
export const SITE_GROUP_ROLES: Readonly<Record<SiteRoleKind, string>> = {
  owner: 'platen_site_owner',
  app: 'platen_site_app',
  reader: 'platen_site_reader',
  dumper: 'platen_site_dumper',
}

/** Name of a site's database: opaque, because every role of a server can read all names in its catalogs. */
export function siteDatabaseName(siteId: string): string {
  return `s_${opaqueName(siteId)}`
}

/** The four login roles of one site database. */
export function siteRoleNames(databaseName: string): Record<SiteRoleKind, string> {
  return {
    owner: `${databaseName}_owner`,
    app: `${databaseName}_app`,
    reader: `${databaseName}_reader`,
    dumper: `${databaseName}_dumper`,
  }
}

/** Name of a release's template database; `fingerprint` comes from `migrationsFingerprint`. */
export function templateDatabaseName(fingerprint: string): string {
  if (!/^[0-9a-f]{8,40}$/.test(fingerprint)) throw new RangeError(`"${fingerprint}" is not a migrations fingerprint`)
  return `t_${fingerprint}`
}

/** Where a site's objects live in the object store, with the final slash. */
export function siteObjectPrefix(siteId: string): string {
  return `sites/${siteId}/`
}

/**
 * Where the anchors of a site's audit trail live, by database: not below the site's own prefix, so neither its API nor its backups
 * reach them.
 */
export function siteAnchorPrefix(siteId: string): string {
  return `audit-anchors/${siteId}/`
}
