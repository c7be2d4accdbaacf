/**
 * What a release does to a site. The manager never writes a site's tables: it asks the bench of that release, through this contract.
 *
 * What every vendor promises
 * - Every call may be repeated. `seedAdministrator` for the same e-mail leaves one administrator; `migrate` applies nothing twice.
 * - Only DriverErrors. `unavailable`: the bench does not answer, the outcome is unknown, repeat. `refused`: it will never accept this.
 * - `issueTicket` needs the site to be served by that bench (`not-found` otherwise); all others work on the connection they are given.
 */
import type { Secret } from '@platen/kit/secrets'

export interface CallOptions {
  signal?: AbortSignal
}

/** Credentials of one role in one site database; the bench knows its database server's address. */
export interface RuntimeConnection {
  database: string
  user: string
  password: Secret
}

export interface RuntimeDescription {
  /** Fingerprint of the migrations of all apps: hex. Two benches with the same release serve the same templates. */
  release: string
  apps: { name: string; version: string }[]
}

/** One thing that a smoke test looked at; `detail` says what it saw, for people. */
export interface SmokeCheck {
  name: string
  ok: boolean
  detail: string
}

export interface Runtime {
  describe(options?: CallOptions): Promise<RuntimeDescription>
  /** Runs every migration of the release in an empty database. */
  buildTemplate(request: { connection: RuntimeConnection }, options?: CallOptions): Promise<void>
  /** Brings an existing site's database to this release. */
  migrate(request: { connection: RuntimeConnection }, options?: CallOptions): Promise<{ applied: string[] }>
  /** The first administrator, without a password: a ticket is how they come in. */
  seedAdministrator(
    request: { siteId: string; connection: RuntimeConnection; email: string; name: string },
    options?: CallOptions,
  ): Promise<void>
  /** A single-use way into the site as this user; `actorLabel` is who asked for it, for the site's audit trail. */
  issueTicket(
    request: { siteId: string; email: string; actorLabel: string; expiresInSeconds: number },
    options?: CallOptions,
  ): Promise<{ token: Secret; expiresAt: string }>
  /**
   * Rows and an order-free digest per table, to compare a restored database with its original. As a role that may read every table.
   * @param request.snapshot of `exportSnapshot` of that database: what is counted is exactly what its dump holds. One that is over
   * is `unavailable`: take another.
   */
  digest(
    request: { connection: RuntimeConnection; snapshot?: string },
    options?: CallOptions,
  ): Promise<{ tables: { name: string; rows: number; digest: string }[] }>
  /**
   * Would this site work? Looks, changes nothing: an administrator exists, each app's own rules hold, the migrations are this
   * release's. As a role that may read every table; the database need not be served. `ok` is false, never an error, when they do not.
   */
  smokeTest(
    request: { siteId: string; connection: RuntimeConnection },
    options?: CallOptions,
  ): Promise<{ ok: boolean; checks: SmokeCheck[] }>
  /**
   * Makes a restored copy of one site another site's: its rows are the new site's, and nothing opens the new site that opened the
   * old one (sessions, tickets, refresh tokens and signing keys are removed; the new site makes its own). As the owner role. The same
   * site twice is a restore in place: the rows stay, what opened it at that time is removed.
   */
  adopt(
    request: { connection: RuntimeConnection; fromSiteId: string; toSiteId: string },
    options?: CallOptions,
  ): Promise<void>
}
