import { createHash } from 'node:crypto'

/** Sizes and SHA-256 (lower-case hex) of one object, before and after sealing. */
export interface ArchiveSums {
  plainBytes: number
  plainSha256: string
  cipherBytes: number
  cipherSha256: string
}

/** Counts and hashes what passes. */
export class Meter {
  readonly #hash = createHash('sha256')
  #sizeBytes = 0

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  add(piece: Buffer): void {
    this.#hash.update(piece)
    this.#sizeBytes += piece.length
  }

  /** Once, at the end. */
  sha256(): string {
    return this.#hash.digest('hex')
  }
}
