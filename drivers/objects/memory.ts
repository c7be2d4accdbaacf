import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Secret } from '@platen/kit/secrets'
import { DriverError, isDriverError, throwIfAborted } from '../errors/index.ts'
import type { ByteRange, CallOptions, ObjectContent, ObjectInfo, ObjectStore, PutOptions } from './contract.ts'
import { isUnder, requireKey, requirePrefix } from './keys.ts'
import { Meter } from './meter.ts'
import { resolveRange } from './range.ts'
import { scopedStore, summarize } from './scoped.ts'
import { signObjectUrl, verifyObjectUrl } from './signed-url.ts'

type Method = 'put' | 'get' | 'head' | 'list' | 'remove' | 'removePrefix' | 'copy' | 'describe' | 'check'

interface Stored {
  info: ObjectInfo
  bytes: Buffer
}

/** Complete and deterministic, for tests and for development without a disk. */
export class MemoryObjects implements ObjectStore {
  readonly #objects = new Map<string, Stored>()
  readonly #faults: { method: Method; error: Error; when: 'before' | 'after' }[] = []
  readonly #urlSecret: Secret | undefined
  readonly #now: () => Date

  constructor(options: { urlSecret?: Secret; now?: () => Date } = {}) {
    this.#urlSecret = options.urlSecret
    this.#now = options.now ?? (() => new Date())
  }

  /** The next call of the method fails, `before` it has had an effect, or `after`: then the caller does not know that it did. */
  failNext(method: Method, error: Error, when: 'before' | 'after' = 'before'): void {
    this.#faults.push({ method, error, when })
  }

  put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ sizeBytes: number; sha256: string }> {
    return this.#call('put', options, async () => {
      requireKey(key)
      const meter = new Meter(options.maxBytes)
      const chunks: Buffer[] = []
      const source = Buffer.isBuffer(body) ? Readable.from([body]) : body
      try {
        await pipeline(
          source,
          meter,
          async (stream: AsyncIterable<Buffer>) => {
            for await (const chunk of stream) chunks.push(chunk)
          },
          options.signal ? { signal: options.signal } : {},
        )
      } catch (error) {
        if (isDriverError(error)) throw error
        throw new DriverError('unavailable', `putting ${key} was cut short`, { cause: error })
      }
      const bytes = Buffer.concat(chunks)
      const info = {
        key,
        sizeBytes: bytes.length,
        contentType: options.contentType,
        sha256: meter.sha256(),
        lastModified: this.#now(),
      }
      this.#objects.set(key, { info, bytes })
      return { sizeBytes: info.sizeBytes, sha256: info.sha256 }
    })
  }

  get(key: string, options: CallOptions & { range?: ByteRange } = {}): Promise<ObjectContent> {
    return this.#call('get', options, () => {
      const { info, bytes } = this.#find(key)
      const range = resolveRange(options.range, info.sizeBytes)
      return {
        ...info,
        range,
        stream: Readable.from([bytes.subarray(range.start, range.end + 1)], { objectMode: false }),
      }
    })
  }

  head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    return this.#call('head', options, () => this.#find(key).info)
  }

  list(under: string, options: CallOptions & { after?: string; limit?: number } = {}): Promise<ObjectInfo[]> {
    return this.#call('list', options, () => {
      const prefix = requirePrefix(under, true)
      const keys = [...this.#objects.keys()].filter((key) => key !== prefix && isUnder(prefix, key)).toSorted()
      const { after } = options
      const rest = after === undefined ? keys : keys.filter((key) => key > after)
      return rest.slice(0, options.limit ?? 1000).map((key) => this.#find(key).info)
    })
  }

  remove(key: string, options: CallOptions = {}): Promise<void> {
    return this.#call('remove', options, () => void this.#objects.delete(requireKey(key)))
  }

  removePrefix(under: string, options: CallOptions = {}): Promise<void> {
    return this.#call('removePrefix', options, () => {
      const prefix = requirePrefix(under)
      for (const key of this.#objects.keys()) if (key.startsWith(`${prefix}/`)) this.#objects.delete(key)
    })
  }

  copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    return this.#call('copy', options, () => {
      const { info, bytes } = this.#find(from)
      this.#objects.set(requireKey(to), { info: { ...info, key: to, lastModified: this.#now() }, bytes })
    })
  }

  signedUrl(request: { key: string; method: 'GET'; expiresInSeconds: number; baseUrl: string }): string {
    return signObjectUrl({ secret: this.#urlSecret, prefix: '' }, request)
  }

  verifySigned(request: { method: string; url: string; baseUrl: string }): { key: string } {
    return verifyObjectUrl({ secret: this.#urlSecret, prefix: '' }, request)
  }

  scoped(prefix: string, options: { urlSecret?: Secret } = {}): ObjectStore {
    return scopedStore(this, prefix, options.urlSecret ?? this.#urlSecret)
  }

  describe(options: CallOptions & { depth?: number } = {}): ReturnType<ObjectStore['describe']> {
    return this.#call('describe', options, () =>
      summarize(
        [...this.#objects.values()].map(({ info }) => info),
        options.depth ?? 2,
      ),
    )
  }

  check(options: CallOptions = {}): ReturnType<ObjectStore['check']> {
    return this.#call('check', options, () => ({ ok: true, freeBytes: null, detail: 'objects in memory' }))
  }

  #find(key: string): Stored {
    const stored = this.#objects.get(requireKey(key))
    if (!stored) throw new DriverError('not-found', `there is no object ${key}`)
    return stored
  }

  async #call<T>(method: Method, options: CallOptions, work: () => T | Promise<T>): Promise<T> {
    throwIfAborted(options.signal, `objects ${method}`)
    this.#fail(method, 'before')
    const result = await work()
    this.#fail(method, 'after')
    return result
  }

  #fail(method: Method, when: 'before' | 'after'): void {
    const index = this.#faults.findIndex((fault) => fault.method === method && fault.when === when)
    const [fault] = index === -1 ? [] : this.#faults.splice(index, 1)
    if (fault) throw fault.error
  }
}
