import type { Readable } from 'node:stream'
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

/** A site database as somebody wants it, for a look that changes nothing. */
export type SiteExpectation = Pick<SiteDatabaseRequest, 'name' | 'roles'>

/** What the server has of a site database, beside what is wanted. */
export interface SiteInspection {
  name: string
  /** False when there is none, or only what a kill during a drop left. */
  exists: boolean
  halfDropped: boolean
  /** Null when half made, not ours, or when somebody removed the mark. */
  tag: string | null
  /** What `repairSiteDatabase` would put right, one sentence each. Empty where nothing exists to be repaired. */
  wrong: string[]
}

/** One moment of a database, held open for others to read. */
export interface DatabaseSnapshot {
  /** For `dump`, and for `SET TRANSACTION SNAPSHOT` in a session of the same database: both see exactly this moment. */
  readonly snapshot: string
  readonly takenAt: Date
  /** Position in the server's log. */
  readonly lsn: string
  readonly serverVersion: string
  /** Ends it; who has begun to read goes on. Repeating is fine. Never rejects. */
  close(): Promise<void>
}

export interface DumpRequest {
  database: string
  /** The site's role of kind `dumper`. */
  user: string
  password: Secret
  /** From `exportSnapshot` of that database; must stay open until the first byte has come. */
  snapshot: string
  session: string
}

export interface RestoreSiteRequest {
  /** Made by `ensureSiteDatabase` with `template: null`, and still empty. */
  database: string
  /** Its role of kind `owner`. A role that may do more (superuser, other databases, roles) is `refused`. */
  user: string
  password: Secret
  /** What `dump` gave, and nothing else: see `restore`. Destroyed when the call ends. */
  archive: Readable
  session: string
}

export interface RenameRequest {
  from: string
  to: string
  /** The tag that `from` carries. */
  tag: string
  /** The tag it carries afterwards, default the same. */
  newTag?: string
  session: string
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
   * Compares roles (attributes, limits, groups, timeouts) and rights on the database with what `ensureSiteDatabase` sets.
   * Answers in the order of `expected`; changes nothing. `passwordsOf`: names of databases whose roles are also signed in
   * once each, for a server tells nobody a password: milliseconds per role, so a few databases at a time.
   */
  inspectSiteDatabases(
    expected: readonly SiteExpectation[],
    options?: CallOptions & { passwordsOf?: readonly string[] },
  ): Promise<SiteInspection[]>
  /**
   * Sets roles, limits, passwords and rights of an existing database again and takes away what was added to them. Never makes a
   * database: `not-found` when it is missing or half dropped. `refused` when it carries another tag, or none.
   */
  repairSiteDatabase(request: Omit<SiteDatabaseRequest, 'template'>, options?: CallOptions): Promise<void>
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
  /**
   * Holds one moment of a database (repeatable read, read only) on a connection of its own, marked with `session`, until
   * `close` or until the signal fires. While it is held, the server keeps dead rows of that database: minutes, not days.
   * Refuses: `not-found` (no such database), `refused` (a table's policies would hide rows from a dump, named in the message).
   */
  exportSnapshot(database: string, request: { session: string }, options?: CallOptions): Promise<DatabaseSnapshot>
  /**
   * Everything in the database as the snapshot shows it, in the vendor's own compressed form, with constant memory.
   * The stream ends only if the dump is complete, and else fails with DriverError: `unavailable` (connection, server or
   * snapshot lost, aborted: take a new snapshot), `refused` (rights), `unauthorized`. Destroying it stops the dump. Bytes
   * that came before a failure are worthless. Changes nothing. Names that are `refused` throw at once.
   */
  dump(request: DumpRequest, options?: CallOptions): Readable
  /**
   * Fills an empty database from a dump, so that it is like one made from a template: the same owner, grants, policies,
   * triggers, sequences. All or nothing: a call that failed or was killed has left the database empty, or full when only
   * the answer was lost (`refused`, not empty, when repeated: make the database again). An archive that fails is never
   * committed, and its error is what the call rejects with.
   *
   * **An archive is code**: it runs in the database as its owner, and older pg_restore run code of a crafted one on this
   * machine. Callers promise that it comes from `dump` of their own platform and that its signature was verified before
   * the first byte is handed over (and its frames while they flow). Foreign archives never come here.
   */
  restore(request: RestoreSiteRequest, options?: CallOptions): Promise<void>
  /**
   * Ends the sessions of `from` and gives it the name `to` (and the new tag), closed to everybody: hand it over with
   * `ensureSiteDatabase` under its new name and tag. For swaps: live -> aside, then restored -> live. Repeating a call that
   * succeeded answers `renamed: false`. A call that was killed may leave `from` closed: repeat it, or `ensureSiteDatabase`.
   * Refuses: `not-found` (neither is there), `already-exists` (`to` is taken), `refused` (`from` carries another tag).
   */
  renameDatabase(request: RenameRequest, options?: CallOptions): Promise<{ renamed: boolean }>
  /** Bytes on disk, indexes included. Refuses: `not-found`. */
  databaseSize(database: string, options?: CallOptions): Promise<number>
  describe(options?: CallOptions): Promise<ServerDescription>
  /** Never rejects: a dead server is `ok: false` with the reason. */
  check(options?: CallOptions): Promise<{ ok: boolean; version: string; detail: string }>
}
