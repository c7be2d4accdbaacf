import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import { ObjectTooLarge } from './contract.ts'

/** Passes bytes on, counts and hashes them, and fails at the first byte above the limit. */
export class Meter extends Transform {
  readonly #hash = createHash('sha256')
  readonly #maxBytes: number
  #sizeBytes = 0

  constructor(maxBytes: number) {
    super()
    this.#maxBytes = maxBytes
  }

  get sizeBytes(): number {
    return this.#sizeBytes
  }

  /** Hex. Once, after the stream has ended. */
  sha256(): string {
    return this.#hash.digest('hex')
  }

  override _transform(
    chunk: Buffer,
    _encoding: BufferEncoding,
    done: (error?: Error | null, chunk?: Buffer) => void,
  ): void {
    this.#sizeBytes += chunk.length
    if (this.#sizeBytes > this.#maxBytes) {
      done(new ObjectTooLarge(this.#maxBytes))
      return
    }
    this.#hash.update(chunk)
    done(null, chunk)
  }
}
