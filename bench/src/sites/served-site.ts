import type { ObjectStore } from '@platen/drivers/objects'
import { openSealed, sealingContexts, type BenchSnapshotSite } from '@platen/drivers/snapshots'
import { createIdentity, type Identity } from '@platen/identity'
import { createVault, deriveSecret, Secret } from '@platen/kit/secrets'
import { openDatabase, type Db } from '@platen/kit/sql'
import { siteRoles } from './site-roles.ts'

/** What a request to one site works with. */
export interface SiteResources {
  db: Db
  identity: Identity
  /** The site's objects alone; its URLs are signed with a key of the site. */
  objects: ObjectStore
}

export interface ServedSiteOptions {
  sealingKey: Buffer
  objects: ObjectStore
  siteUrl(host: string): string
  /** For application_name. */
  processName: string
}

/** A site that this process serves. Its pool opens with the first request and is given up when nobody came for a while. */
export interface ServedSite {
  readonly snapshot: BenchSnapshotSite
  resources(): SiteResources
  /** A visitor came: what the sweep does for itself does not count. */
  touch(): void
  /** performance.now() of the last visitor; 0 when there was none. */
  lastUsedAt(): number
  /** Closes the connections; the next request opens new ones. */
  close(): Promise<void>
}

/** Unused connections of a pool close after this time, so an idle site costs none. */
const idleConnectionMs = 10_000

export function createServedSite(snapshot: BenchSnapshotSite, options: ServedSiteOptions): ServedSite {
  // Opened at once: a snapshot that this process cannot open must be reported, not found out by a visitor.
  const password = openSealed(
    options.sealingKey,
    snapshot.database.sealedPassword,
    sealingContexts.databasePassword(snapshot.id),
  )
  const dataKey = openSealed(options.sealingKey, snapshot.sealedDataKey, sealingContexts.dataKey(snapshot.id))
  let opened: SiteResources | undefined
  let lastUsedAt = 0

  const open = (): SiteResources => {
    const { host, port, name, user, maxConnections } = snapshot.database
    const db = openDatabase({
      host,
      port,
      database: name,
      user,
      password: new Secret(password.toString('utf8')),
      applicationName: options.processName,
      max: maxConnections,
      idleTimeoutMs: idleConnectionMs,
    })
    const identity = createIdentity({
      db,
      vault: createVault({ current: { id: 'site', key: dataKey } }),
      issuer: options.siteUrl(snapshot.hosts[0] ?? snapshot.name),
      audience: `site:${snapshot.id}`,
      roles: siteRoles,
    })
    const objects = options.objects.scoped(snapshot.objectPrefix, { urlSecret: deriveSecret(dataKey, 'object-urls') })
    return { db, identity, objects }
  }

  return {
    snapshot,
    resources() {
      opened ??= open()
      return opened
    },
    touch() {
      lastUsedAt = performance.now()
    },
    lastUsedAt: () => lastUsedAt,
    async close() {
      const closing = opened
      opened = undefined
      await closing?.db.destroy()
    },
  }
}
