/**
 * Why an archive cannot be trusted:
 * - `malformed`       not this format at all: wrong first bytes, not JSON, not in canonical form
 * - `unknown-version` made by a newer Platen
 * - `unknown-key`     signed by a key that the caller does not trust
 * - `truncated`       the end is missing; what was delivered so far is genuine and incomplete
 * - `not-authentic`   changed, moved from another place, out of order, or another key: these cannot be told apart
 * - `trailing-data`   something follows the genuine end
 * - `not-as-listed`   genuine, but not the object (or the content) that the manifest or the schema asks for
 */
export type ArchiveErrorReason =
  | 'malformed'
  | 'unknown-version'
  | 'unknown-key'
  | 'truncated'
  | 'not-authentic'
  | 'trailing-data'
  | 'not-as-listed'

export class ArchiveError extends Error {
  override readonly name = 'ArchiveError'
  readonly reason: ArchiveErrorReason

  constructor(reason: ArchiveErrorReason, message: string, options?: ErrorOptions) {
    super(message, options)
    this.reason = reason
  }
}
