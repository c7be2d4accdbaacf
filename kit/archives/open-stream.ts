import type { KeyObject } from 'node:crypto'
import { Transform, type TransformCallback } from 'node:stream'
import { ArchiveError } from './errors.ts'
import { frameCodec, HEADER_BYTES, TAG_BYTES, type FrameCodec } from './frames.ts'
import { Pieces } from './pieces.ts'
import { asError } from './seal-stream.ts'
import { Meter, type ArchiveSums } from './sums.ts'

export interface OpenOptions {
  /** The same text that it was sealed with. */
  context: string
  /** What the manifest says; compared at the end, and a longer stream is refused as soon as it is longer. */
  expected?: ExpectedSums
}

/** Without `cipherSha256` for an object that may have been sealed anew since it was listed: its tags and its plain sums still speak. */
export type ExpectedSums = Omit<ArchiveSums, 'cipherSha256'> & { cipherSha256?: string }

/**
 * Opens a sealed stream. Only bytes whose tag was checked come out, but a missing end is known only at the end: whoever acts
 * on the bytes (writes a file, restores a database) must be able to throw the result away when the stream fails.
 * It fails with ArchiveError.
 */
export function openStream(key: KeyObject, options: OpenOptions): OpenStream {
  return new OpenStream(key, options)
}

/** What `openStream` returns: a Transform that knows its sums once it has finished. */
export class OpenStream extends Transform {
  readonly #key: KeyObject
  readonly #options: OpenOptions
  readonly #waiting = new Pieces()
  readonly #plain = new Meter()
  readonly #cipher = new Meter()
  #codec: FrameCodec | undefined
  #frame = 0
  #sums: ArchiveSums | undefined

  constructor(key: KeyObject, options: OpenOptions) {
    super()
    this.#key = key
    this.#options = options
  }

  /** Sizes and hashes. @throws Error before the stream has ended well. */
  get sums(): ArchiveSums {
    if (this.#sums === undefined) throw new Error('the opened stream has not ended')
    return this.#sums
  }

  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    try {
      this.#cipher.add(chunk)
      this.#waiting.add(chunk)
      this.#refuseExcess()
      const codec = this.#header()
      // The last frame waits for the end of the stream.
      while (codec && this.#waiting.sizeBytes > codec.frameBytes + TAG_BYTES) this.#openNext(codec)
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  override _flush(done: TransformCallback): void {
    try {
      this.#openLast()
      this.#sums = {
        plainBytes: this.#plain.sizeBytes,
        plainSha256: this.#plain.sha256(),
        cipherBytes: this.#cipher.sizeBytes,
        cipherSha256: this.#cipher.sha256(),
      }
      refuseOthers(this.#sums, this.#options)
      done()
    } catch (error) {
      done(asError(error))
    }
  }

  #header(): FrameCodec | undefined {
    if (this.#codec || this.#waiting.sizeBytes < HEADER_BYTES) return this.#codec
    const header = Buffer.concat(this.#waiting.take(HEADER_BYTES))
    this.#codec = frameCodec(this.#key, this.#options.context, header)
    return this.#codec
  }

  #openNext(codec: FrameCodec): void {
    const sealed = this.#waiting.take(codec.frameBytes + TAG_BYTES)
    const plain = codec.open(sealed, this.#frame, false)
    if (!plain) {
      if (codec.open(sealed, this.#frame, true)) throw this.#error('trailing-data', 'something follows its end')
      throw this.#error('not-authentic', `frame ${this.#frame} was changed, moved, or sealed by another key`)
    }
    this.#give(plain)
  }

  #openLast(): void {
    const codec = this.#codec
    if (!codec || this.#waiting.sizeBytes < TAG_BYTES)
      throw this.#error('truncated', `it ends after ${this.#cipher.sizeBytes} bytes, within frame ${this.#frame}`)
    const sealed = this.#waiting.take(codec.frameBytes + TAG_BYTES)
    const plain = codec.open(sealed, this.#frame, true)
    if (!plain) {
      if (codec.open(sealed, this.#frame, false)) throw this.#error('truncated', `it ends after frame ${this.#frame}`)
      throw this.#error(
        'not-authentic',
        `its end (frame ${this.#frame}) was changed, cut, moved, or sealed by another key`,
      )
    }
    this.#give(plain)
  }

  #give(plain: Buffer[]): void {
    for (const piece of plain) {
      this.#plain.add(piece)
      if (piece.length > 0) this.push(piece)
    }
    this.#frame += 1
  }

  #refuseExcess(): void {
    const { expected } = this.#options
    if (expected && this.#cipher.sizeBytes > expected.cipherBytes)
      throw this.#error('not-as-listed', `it is longer than the ${expected.cipherBytes} bytes that are listed`)
  }

  #error(reason: ArchiveError['reason'], what: string): ArchiveError {
    return new ArchiveError(reason, `${this.#options.context} does not open: ${what}`)
  }
}

function refuseOthers(found: ArchiveSums, { context, expected }: OpenOptions): void {
  if (!expected) return
  for (const key of ['cipherBytes', 'cipherSha256', 'plainBytes', 'plainSha256'] as const) {
    if (expected[key] === undefined || found[key] === expected[key]) continue
    throw new ArchiveError(
      'not-as-listed',
      `${context} is another object: ${key} is ${found[key]}, listed ${expected[key]}`,
    )
  }
}
