import type { DatabaseServer, SiteRole } from '@platen/drivers/databases'
import type { ObjectStore } from '@platen/drivers/objects'
import type { Runtime } from '@platen/drivers/runtimes'
import { deriveSecret, type Secret, type Vault } from '@platen/kit/secrets'
import { siteRoleNames } from '@platen/kit/names'
import type { StepContext } from '@platen/kit/operations'
import type { SnapshotPublisher } from '../snapshots/index.ts'
import type { Prober } from './probe.ts'
import type { SiteRow } from './site-store.ts'

/** What the operations on sites reach the outside world with. */
export interface SiteDeps {
  databases: DatabaseServer
  objects: ObjectStore
  /** The runtime contract of the bench with this name. */
  runtimeOf(benchName: string): Runtime
  snapshots: SnapshotPublisher
  prober: Prober
  vault: Vault
  /** Throws a retryable problem while no valid certificate covers this host. */
  requireCertificate(host: string): Promise<void>
}

/** Every operation on a site is given only its id: secrets and names are read where they are needed, never stored in an input. */
export type SiteContext = StepContext<{ siteId: string }, SiteDeps>

/** Kept with what we make outside, so that an unknown outcome can be told from somebody else's thing of the same name. */
export const ownerTag = (operationId: string): string => `op:${operationId}`

/** PostgreSQL connections that one site may hold (performance reference A6: a cap of 4 to 8 keeps the neighbours' p99 flat). */
export const siteConnectionLimit = 8

export const siteSecretContext = (siteId: string): string => `manager.sites/${siteId}/secret`

/** The four role passwords and the data key of a site, derived from its one sealed secret. */
export interface SiteSecrets {
  password(kind: SiteRole['kind']): Secret
  /** 32 bytes as base64url. */
  dataKey: Secret
}

export function openSiteSecrets(vault: Vault, site: Pick<SiteRow, 'id' | 'sealed_secret'>): SiteSecrets {
  const root = vault.open(site.sealed_secret, siteSecretContext(site.id))
  return {
    password: (kind) => deriveSecret(root, `role/${kind}`),
    dataKey: deriveSecret(root, 'data-key'),
  }
}

const roleKinds = ['owner', 'app', 'reader', 'dumper'] as const

export const siteRoles = (vault: Vault, site: Pick<SiteRow, 'id' | 'database_name' | 'sealed_secret'>): SiteRole[] =>
  databaseRoles({ database: site.database_name, password: openSiteSecrets(vault, site).password })

/** A database that is, or is a copy of, a site's: its name and the passwords of its roles. */
export interface DatabaseOwner {
  database: string
  password(kind: SiteRole['kind']): Secret
}

export function databaseRoles({ database, password }: DatabaseOwner): SiteRole[] {
  const names = siteRoleNames(database)
  return roleKinds.map((kind) => ({
    name: names[kind],
    kind,
    password: password(kind),
    // Two more than benches use: the administrator is seeded and smoke tests run beside them.
    connectionLimit: kind === 'app' ? siteConnectionLimit + 2 : 2,
  }))
}
