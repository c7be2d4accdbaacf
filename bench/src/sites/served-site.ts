import type { ObjectStore } from '@platen/drivers/objects'
import { commerceIdempotencyKeys, commercePermissions } from '@platen/commerce'
import { openSealed, sealingContexts, type BenchSnapshotSite } from '@platen/drivers/snapshots'
import {
  createAuditTrail,
  createIdentity,
  mailByJob,
  secretSigner,
  type AuditTrail,
  type Identity,
} from '@platen/identity'
import { siteAnchorPrefix } from '@platen/kit/names'
import { createVault, deriveSecret, Secret, type Vault } from '@platen/kit/secrets'
import { openDatabase, type Db } from '@platen/kit/sql'
import { siteRoles } from './site-roles.ts'
import { createUsers } from './users.ts'

/** What a request to one site works with. */
export interface SiteResources {
  db: Db
  /** Seals with the site's own key. */
  vault: Vault
  identity: Identity
  auditTrail: AuditTrail
  /** The site's objects alone; its URLs are signed with a key of the site. */
  objects: ObjectStore
}

export interface ServedSiteOptions {
  sealingKey: Buffer
  objects: ObjectStore
  siteUrl(host: string): string
  /** For application_name. */
  processName: string
  /** Called each time a site has opened its pool. */
  onOpen?: () => void
  /** After a commit of identity that appended events or queued mails of the site. */
  onChange?: (siteId: string) => void
  /** Unused connections of a pool close after this time, so an idle site costs none. Default 10 s. */
  idleConnectionMs?: number
}

/** A site that this process serves. Its pool opens with the first request and is given up when nobody came for a while. */
export interface ServedSite {
  readonly snapshot: BenchSnapshotSite
  /** Only between `enter` and what it returned: closing waits for that. */
  resources(): SiteResources
  /** Somebody works with the site until the returned function is called. */
  enter(who: 'visitor' | 'platform'): () => void
  /** performance.now() of the last visitor; 0 when there was none. What the platform does for itself does not count. */
  lastVisitAt(): number
  /** Nobody works with it, and nobody did in this time. False as well when nothing is open. */
  isIdle(idleMs: number): boolean
  /** For how long nobody has worked with it; undefined when nothing is open. */
  idleForMs(): number | undefined
  /** Closes the connections once nobody works with them; the next request opens new ones. */
  close(): Promise<void>
}

/** The role has the same limit; ours also ends a wait on a line that went dead. */
const statementTimeoutMs = 30_000
const defaultIdleConnectionMs = 10_000

export function createServedSite(snapshot: BenchSnapshotSite, options: ServedSiteOptions): ServedSite {
  const open = resourceOpener(snapshot, options)
  const users = createUsers()
  let opened: SiteResources | undefined
  let lastVisitAt = 0

  return {
    snapshot,
    resources() {
      if (opened !== undefined) return opened
      opened = open()
      options.onOpen?.()
      return opened
    },
    enter(who) {
      if (who === 'visitor') lastVisitAt = performance.now()
      return users.enter()
    },
    lastVisitAt: () => lastVisitAt,
    idleForMs: () => (opened === undefined ? undefined : users.idleForMs()),
    isIdle: (idleMs) => opened !== undefined && users.idleForMs() > idleMs,
    async close() {
      // A request that has begun makes several transactions; a pool that was ended between two of them would fail it.
      if (users.count() > 0) await users.gone()
      const closing = opened
      opened = undefined
      await closing?.db.destroy()
    },
  }
}

/** Unseals at once: a snapshot that this process cannot open must be reported, not found out by a visitor. */
function resourceOpener(snapshot: BenchSnapshotSite, options: ServedSiteOptions): () => SiteResources {
  const { id, database, hosts, name, objectPrefix } = snapshot
  const password = openSealed(options.sealingKey, database.sealedPassword, sealingContexts.databasePassword(id))
  const dataKey = openSealed(options.sealingKey, snapshot.sealedDataKey, sealingContexts.dataKey(id))
  return () => {
    const db = openDatabase({
      host: database.host,
      port: database.port,
      database: database.name,
      user: database.user,
      password: new Secret(password.toString('utf8')),
      applicationName: options.processName,
      max: database.maxConnections,
      statementTimeoutMs,
      idleTimeoutMs: options.idleConnectionMs ?? defaultIdleConnectionMs,
    })
    const vault = createVault({ current: { id: 'site', key: dataKey } })
    const identity = createIdentity({
      db,
      vault,
      issuer: options.siteUrl(hosts[0] ?? name),
      audience: `site:${id}`,
      roles: siteRoles,
      permissions: commercePermissions,
      idempotencyKeys: commerceIdempotencyKeys,
      place: { nameOf: async () => name, maxUsers: async () => snapshot.plan.maxUsers },
      mailLater: mailByJob,
      afterCommit: () => options.onChange?.(id),
    })
    const objects = options.objects.scoped(objectPrefix, { urlSecret: deriveSecret(dataKey, 'object-urls') })
    const auditTrail = createAuditTrail({
      db,
      place: {
        // By database: after a restore the site has another one, whose trail ends earlier.
        objects: options.objects.scoped(`${siteAnchorPrefix(id)}${database.name}`),
        database: `${id}/${database.name}`,
        signer: () => secretSigner(deriveSecret(dataKey, 'audit-anchors')),
      },
    })
    return { db, vault, identity, auditTrail, objects }
  }
}
