/**
 * Where files live: product pictures, attachments, backups.
 *
 * What every vendor promises
 * - **Visibility** An object appears whole or not at all; overwriting shows the old or the new content, never a mixture. After `put`
 *   has resolved the object survives a power cut. Reading what one wrote always works (S3 promises that too since 2020).
 * - **Failure** Only DriverErrors. `not-found` from get, head and copy; removing the absent succeeds. A failed or aborted `put` leaves
 *   the earlier object as it was. `refused` for a bad key, an unsatisfiable range, more than `maxBytes` ({@link ObjectTooLarge}),
 *   a full disk ({@link StorageFull}).
 * - **Concurrency** Any number of callers in any number of processes. Of two puts to one key the later to finish wins.
 * - **Keys** Lower-case segments, see keys.ts: never user text, so a path out of the store cannot even be written down.
 * - **Time** put and get take as long as the other side of the stream does, no default time-out: the caller's signal ends them.
 */
import type { Readable } from 'node:stream'
import type { Secret } from '@platen/kit/secrets'
import { DriverError } from '../errors/index.ts'

export interface CallOptions {
  signal?: AbortSignal
}

export interface ObjectInfo {
  /** Relative to the store's prefix. */
  key: string
  sizeBytes: number
  contentType: string
  /** Hex, of the whole object. */
  sha256: string
  lastModified: Date
}

/** Both ends inclusive, as in HTTP; without `end` to the end of the object. */
export interface ByteRange {
  start: number
  end?: number
}

export interface ObjectContent extends ObjectInfo {
  /** The bytes of `range`. The caller reads it to the end or destroys it. */
  stream: Readable
  range: { start: number; end: number }
}

export interface PutOptions extends CallOptions {
  contentType: string
  /** Counted while streaming: byte `maxBytes + 1` ends the put. */
  maxBytes: number
}

export interface ObjectStore {
  put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ sizeBytes: number; sha256: string }>
  get(key: string, options?: CallOptions & { range?: ByteRange }): Promise<ObjectContent>
  head(key: string, options?: CallOptions): Promise<ObjectInfo>
  /**
   * In key order. `prefix` is whole segments (`sites/1` does not match `sites/12/x`); '' is all.
   * @param options.after continue behind this key. @param options.limit default 1000.
   */
  list(prefix: string, options?: CallOptions & { after?: string; limit?: number }): Promise<ObjectInfo[]>
  remove(key: string, options?: CallOptions): Promise<void>
  /** All objects under whole segments; afterwards nothing of the prefix is left. The empty prefix is refused. */
  removePrefix(prefix: string, options?: CallOptions): Promise<void>
  copy(from: string, to: string, options?: CallOptions): Promise<void>
  /**
   * `<baseUrl>/<key>?expires=..&signature=..`: lets whoever has it GET this one object until then, nothing else.
   * @param request.expiresInSeconds 1 to 300.
   */
  signedUrl(request: { key: string; method: 'GET'; expiresInSeconds: number; baseUrl: string }): string
  /**
   * The key that a signed URL leads to. The store must be scoped to the same prefix, with the same URL secret, as the one that signed.
   * @param request.url absolute, or path and query as a server sees them. @param request.baseUrl as given to signedUrl.
   * @throws DriverError `unauthorized` for whatever is wrong with it, without saying what.
   */
  verifySigned(request: { method: string; url: string; baseUrl: string }): { key: string }
  /**
   * A store that can see, list and remove only under the prefix, and whose keys are relative to it. Scopes nest.
   * @param options.urlSecret signs this scope's URLs, for instance with a key of the site.
   */
  scoped(prefix: string, options?: { urlSecret?: Secret }): ObjectStore
  /** What exists: bytes per leading `depth` segments (default 2, `sites/<id>`), for quotas and the reconciler. */
  describe(
    options?: CallOptions & { depth?: number },
  ): Promise<{ prefixes: PrefixUsage[]; objects: number; sizeBytes: number }>
  check(options?: CallOptions): Promise<{ ok: boolean; freeBytes: number | null; detail: string }>
}

export interface PrefixUsage {
  prefix: string
  objects: number
  sizeBytes: number
}

/** The stream had more bytes than allowed. */
export class ObjectTooLarge extends DriverError {
  readonly maxBytes: number

  constructor(maxBytes: number) {
    super('refused', `the object is larger than the ${maxBytes} bytes allowed here`)
    this.maxBytes = maxBytes
  }
}

/** The disk or the quota behind the store is full. Retrying helps only after somebody made room. */
export class StorageFull extends DriverError {
  constructor(cause?: unknown) {
    super('refused', 'the storage is full: make room, then try again', { cause })
  }
}
