import { randomBytes, type KeyObject } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { DEFAULT_FRAME_BYTES, frameCodec, frameHeader, type FrameCodec } from './frames.ts'
import { Pieces } from './pieces.ts'
import { Meter, type ArchiveSums } from './sums.ts'

export interface SealOptions {
  /** Where the object belongs, for example `<owner>/<archive>/<object>`: it opens nowhere else. Not kept in the stream. */
  context: string
  /** Power of two from 64 KiB to 1 MiB; default 256 KiB. Memory is about three frames. */
  frameBytes?: number
}

/** Seals what is written to it; see frames.ts for the format. A short stream (destroyed before its end) never opens. */
export function sealStream(key: KeyObject, options: SealOptions): SealStream {
  return new SealStream(key, options)
}

/** What `sealStream` returns: a Transform that knows its sums once it has finished. */
export class SealStream extends Transform {
  readonly #codec: FrameCodec
  readonly #waiting = new Pieces()
  readonly #plain = new Meter()
  readonly #cipher = new Meter()
  #frame = 0
  #header: Buffer | undefined
  #sums: ArchiveSums | undefined

  constructor(key: KeyObject, options: SealOptions) {
    super()
    const header = frameHeader(options.frameBytes ?? DEFAULT_FRAME_BYTES, randomBytes(16))
    this.#codec = frameCodec(key, options.context, header)
    this.#header = header
  }

  /** Sizes and hashes. @throws Error before the stream has ended well. */
  get sums(): ArchiveSums {
    if (this.#sums === undefined) throw new Error('the sealed stream has not ended')
    return this.#sums
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      this.#plain.add(chunk)
      this.#waiting.add(chunk)
      // A full frame waits until something follows it: it could be the last.
      while (this.#waiting.sizeBytes > this.#codec.frameBytes) this.#send(false)
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#send(true)
      this.#sums = {
        plainBytes: this.#plain.sizeBytes,
        plainSha256: this.#plain.sha256(),
        cipherBytes: this.#cipher.sizeBytes,
        cipherSha256: this.#cipher.sha256(),
      }
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  #send(isLast: boolean): void {
    if (this.#header) this.#give(this.#header)
    this.#header = undefined
    const plain = this.#waiting.take(this.#codec.frameBytes)
    for (const piece of this.#codec.seal(plain, this.#frame, isLast)) this.#give(piece)
    this.#frame += 1
  }

  #give(piece: Buffer): void {
    this.#cipher.add(piece)
    this.push(piece)
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error))
}
