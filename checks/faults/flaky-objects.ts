import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { DriverError } from '../../drivers/errors/index.ts'
import type { ObjectContent, ObjectStore, PutOptions } from '../../drivers/objects/index.ts'
import type { SeededRandom } from './random.ts'

type CallOptions = Parameters<ObjectStore['head']>[1]

/** All but `out of reach 2 s` and `slow` happen once, to the next call that they can happen to. */
export type ObjectFault =
  | 'upload breaks off'
  | 'upload done, answer lost'
  | 'object missing'
  | 'out of reach 2 s'
  | 'slow'
  | 'download breaks off'
  | 'download ends early'

interface State {
  fault: ObjectFault | undefined
  untilMs: number
  hits: number
  random: SeededRandom
}

/** An object store on the other side of a bad line. */
export class FlakyObjects implements ObjectStore {
  readonly #inner: ObjectStore
  readonly #state: State

  constructor(inner: ObjectStore, random: SeededRandom, state?: State) {
    this.#inner = inner
    this.#state = state ?? { fault: undefined, untilMs: 0, hits: 0, random }
  }

  arm(fault: ObjectFault): void {
    this.#state.fault = fault
    this.#state.untilMs = performance.now() + 2_000
  }

  heal(): void {
    this.#state.fault = undefined
  }

  /** Calls that the fault happened to. */
  get hits(): number {
    return this.#state.hits
  }

  async put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ sizeBytes: number; sha256: string }> {
    await this.#reach()
    if (this.#hit('upload breaks off')) {
      const source = Buffer.isBuffer(body) ? [body] : body
      const broken = brokenOff(source, this.#state.random.integer(0, 200_000), key)
      return this.#inner.put(key, Readable.from(broken, { objectMode: false }), options)
    }
    const stored = await this.#inner.put(key, body, options)
    if (this.#hit('upload done, answer lost')) throw lost(key)
    return stored
  }

  async get(key: string, options?: Parameters<ObjectStore['get']>[1]): Promise<ObjectContent> {
    await this.#reach()
    if (this.#hit('object missing')) throw new DriverError('not-found', `there is no object ${key}`)
    const content = await this.#inner.get(key, options)
    const { random } = this.#state
    const limit = random.integer(0, Math.max(0, content.sizeBytes - 1))
    if (this.#hit('download breaks off')) return withStream(content, brokenOff(content.stream, limit, key))
    if (this.#hit('download ends early')) return withStream(content, first(content.stream, limit))
    return this.#state.fault === 'slow' ? withStream(content, slowed(content.stream)) : content
  }

  async head(key: string, options?: CallOptions): ReturnType<ObjectStore['head']> {
    await this.#reach()
    return this.#inner.head(key, options)
  }

  async list(prefix: string, options?: Parameters<ObjectStore['list']>[1]): ReturnType<ObjectStore['list']> {
    await this.#reach()
    return this.#inner.list(prefix, options)
  }

  async remove(key: string, options?: CallOptions): Promise<void> {
    await this.#reach()
    return this.#inner.remove(key, options)
  }

  async removePrefix(prefix: string, options?: CallOptions): Promise<void> {
    await this.#reach()
    return this.#inner.removePrefix(prefix, options)
  }

  async copy(from: string, to: string, options?: CallOptions): Promise<void> {
    await this.#reach()
    return this.#inner.copy(from, to, options)
  }

  signedUrl(request: Parameters<ObjectStore['signedUrl']>[0]): string {
    return this.#inner.signedUrl(request)
  }

  verifySigned(request: Parameters<ObjectStore['verifySigned']>[0]): { key: string } {
    return this.#inner.verifySigned(request)
  }

  scoped(prefix: string, options?: Parameters<ObjectStore['scoped']>[1]): ObjectStore {
    return new FlakyObjects(this.#inner.scoped(prefix, options), this.#state.random, this.#state)
  }

  describe(options?: Parameters<ObjectStore['describe']>[0]): ReturnType<ObjectStore['describe']> {
    return this.#inner.describe(options)
  }

  check(options?: CallOptions): ReturnType<ObjectStore['check']> {
    return this.#inner.check(options)
  }

  async #reach(): Promise<void> {
    const { fault, untilMs } = this.#state
    if (fault === 'slow') {
      this.#state.hits += 1
      await pause(150)
    }
    if (fault !== 'out of reach 2 s' || performance.now() > untilMs) return
    this.#state.hits += 1
    throw new DriverError('unavailable', 'the object store does not answer')
  }

  #hit(fault: ObjectFault): boolean {
    if (this.#state.fault !== fault) return false
    this.#state.fault = undefined
    this.#state.hits += 1
    return true
  }
}

const lost = (key: string): DriverError => new DriverError('unavailable', `the line broke while ${key} was under way`)

const withStream = (content: ObjectContent, bytes: AsyncIterable<Buffer>): ObjectContent => ({
  ...content,
  stream: Readable.from(bytes, { objectMode: false }),
})

/** At its end at the latest. */
async function* brokenOff(
  source: AsyncIterable<Buffer> | Iterable<Buffer>,
  afterBytes: number,
  key: string,
): AsyncGenerator<Buffer> {
  yield* first(source, afterBytes)
  throw lost(key)
}

async function* first(source: AsyncIterable<Buffer> | Iterable<Buffer>, bytes: number): AsyncGenerator<Buffer> {
  let rest = bytes
  for await (const piece of source) {
    if (rest > 0) yield piece.subarray(0, rest)
    rest -= piece.length
    if (rest <= 0) return
  }
}

async function* slowed(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const piece of source) {
    await pause(20)
    yield piece
  }
}
