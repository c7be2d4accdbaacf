import type { Db, Tx } from '@platen/kit/sql'

/** What commerce needs from the site it runs in. The bench builds one per request; nothing in it outlives the request. */
export interface CommerceContext {
  /** Pool of the site's database, app role. */
  db: Db
  siteId: string
  actor: { id: string; label: string; requestId: string; ip: string | null }
  plan: { maxStorageBytes: number }
  /** The site's objects and no one else's: keys are relative to the site's prefix. */
  objects: ObjectStoreLike
  /** Writes an audit row in the given transaction; a failure takes the change with it. */
  audit(tx: Tx, entry: { action: string; resource: string; resourceId: string; changes?: object }): Promise<void>
  /** Called after each commit that wrote an event: wakes the deliveries of this process. Must not throw. */
  afterCommit(): void
  now?: () => Date
}

/** The part of the object driver that commerce uses, confined to one site. */
export interface ObjectStoreLike {
  put(
    key: string,
    content: Buffer,
    options: { contentType: string; maxBytes: number },
  ): Promise<{ sizeBytes: number; sha256: string }>
  /** Removing what is absent succeeds. */
  remove(key: string): Promise<void>
  /** A URL of the site's own host that needs no session and stops working after its time. */
  signedUrl(request: { key: string; expiresInSeconds: number }): string | Promise<string>
  /** Bytes stored by the whole site. */
  usage(): Promise<{ sizeBytes: number }>
}
