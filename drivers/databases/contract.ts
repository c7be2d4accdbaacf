import type { SiteRoleKind } from '@platen/kit/names'
import type { Secret } from '@platen/kit/secrets'
import type { Connection } from '@platen/kit/sql'

export type { SiteRoleKind } from '@platen/kit/names'

export interface CallOptions {
  /** Fires when the caller lost its lease or gave up. Nothing new is started then; what runs on the server is cancelled if it can be. */
  signal?: AbortSignal
}

/** A login role of one site. Kinds: owner migrates, app has DML only, reader selects, dumper selects for backups. */
export interface SiteRole {
  name: string
  kind: SiteRoleKind
  /** Sent as a SCRAM verifier that we compute: the server, its log and its catalogs never see it. */
  password: Secret
  connectionLimit: number
}

export interface SiteDatabaseRequest {
  name: string
  /** Name of a template made by `ensureTemplate`; null is an empty database. */
  template: string | null
  /** Who the database belongs to (a site or operation id), kept by the server. The same tag adopts, another one is `already-exists`. */
  tag: string
  roles: SiteRole[]
  /** Mark of the sessions that do the work, so that `endSessions` can end them from outside. At most 63 bytes. */
  session: string
}

export interface DatabaseDescription {
  name: string
  /** The tag it was made with; null when half made or not ours. */
  tag: string | null
  template: boolean
  /** A kill during a drop: takes no connections and must be dropped again. */
  halfDropped: boolean
}

export interface ServerDescription {
  /** Site databases and templates; not the server's own (postgres, template0, template1) and not the control plane's. */
  databases: DatabaseDescription[]
  /** Login roles that belong to a site database. */
  roles: { name: string }[]
  /** Folders that no database owns: a kill during a create. Invisible to SQL; reclaimed only in maintenance, never live. */
  orphanDirectories: { oid: string; sizeBytes: number }[]
}

/**
 * One database server that holds site databases.
 *
 * Every mutation is idempotent and observes before it acts, so that it may be repeated after any crash, its own or the
 * server's, until it succeeds. Two callers may do the same thing at once: both end well and one of them reports `created`.
 * Names must match [a-z][a-z0-9_]{0,62}; anything else is `refused` before anything is sent.
 * Errors are DriverError: `unavailable` means the outcome is unknown, repeat the call.
 */
export interface DatabaseServer {
  /** Where clients of its databases connect: a socket directory or a host name. */
  readonly endpoint: { host: string; port: number }
  /**
   * Makes the database and its roles, or completes what an earlier call with the same tag began (roles, limits, passwords
   * and grants are set again). Answers when the roles can connect. Strongly consistent.
   * Refuses: `already-exists` (name carries another tag), `not-found` (no such template). A half-dropped database of that name is dropped first.
   */
  ensureSiteDatabase(request: SiteDatabaseRequest, options?: CallOptions): Promise<{ created: boolean }>
  /**
   * Ends the database's sessions and removes it (half-dropped too) with those roles. Absent is success. With `tag`, a
   * database of another tag is `refused`. Roles that still own something elsewhere are `refused`.
   */
  removeSiteDatabase(
    request: { name: string; roles: string[]; session: string; tag?: string },
    options?: CallOptions,
  ): Promise<void>
  /**
   * Builds a template once, under that name. `build` gets a connection that owns a fresh database and must be
   * repeatable: a build that failed or was killed is thrown away, never used. Concurrent callers wait for one build.
   * Afterwards nobody but the driver can connect to it.
   */
  ensureTemplate(name: string, build: (connection: Connection) => Promise<void>, options?: CallOptions): Promise<void>
  /** Absent is success. Sites made from it are not touched. */
  removeTemplate(name: string, options?: CallOptions): Promise<void>
  /** Ends the driver's sessions whose `session` begins with `prefix`, except those of `exceptSession`. Answers how many were ended, once they are gone. */
  endSessions(prefix: string, exceptSession?: string, options?: CallOptions): Promise<number>
  describe(options?: CallOptions): Promise<ServerDescription>
  /** Never rejects: a dead server is `ok: false` with the reason. */
  check(options?: CallOptions): Promise<{ ok: boolean; version: string; detail: string }>
}
