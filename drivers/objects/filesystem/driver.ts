/**
 * Objects as files. Key `sites/<id>/<uuid>` is
 *   <root>/sites/<id>/<uuid>.json               metadata, and the name of
 *   <root>/sites/<id>/<uuid>.<random>.data      the content
 * Keys have no dots, so neither name can be a key's folder.
 *
 * **The rename of the metadata is the commit**: content and metadata change together although they are two files, and a reader that
 * still holds the old metadata finds the old content or, once it is gone, reads the metadata again. What a crash leaves behind
 * (an unfinished `.incoming` file, content nobody refers to) is invisible, and `sweep` removes it.
 */
import { createWriteStream } from 'node:fs'
import { link, mkdir, open, readFile, rename, rm, stat, statfs, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Secret } from '@platen/kit/secrets'
import { z } from 'zod'
import { DriverError, throwIfAborted } from '../../errors/index.ts'
import type { ByteRange, CallOptions, ObjectContent, ObjectInfo, ObjectStore, PutOptions } from '../contract.ts'
import { requireKey, requirePrefix } from '../keys.ts'
import { Meter } from '../meter.ts'
import { resolveRange } from '../range.ts'
import { scopedStore, summarize } from '../scoped.ts'
import { signObjectUrl, verifyObjectUrl } from '../signed-url.ts'
import { attempting, entries, isCode, moveDurably, randomName, syncFolder } from './files.ts'

const metadataSchema = z.object({
  file: z.string().regex(/^[a-z0-9_-]+\.[0-9a-f]{24}\.data$/),
  sizeBytes: z.number().int().nonnegative(),
  sha256: z.string(),
  contentType: z.string(),
  lastModified: z.string(),
})
type Metadata = z.infer<typeof metadataSchema>

/** Below this `check` is not ok: a database on the same disk stops working when it is full. */
const LOW_FREE_BYTES = 512 * 1024 * 1024

export interface FilesystemObjectsOptions {
  /** Made when absent, 0700. One disk: files are renamed within it. */
  root: string
  /** Without it `signedUrl` is refused, except in scopes that bring their own. */
  urlSecret?: Secret
}

export class FilesystemObjects implements ObjectStore {
  readonly #root: string
  readonly #urlSecret: Secret | undefined

  constructor(options: FilesystemObjectsOptions) {
    this.#root = options.root
    this.#urlSecret = options.urlSecret
  }

  async put(key: string, body: Readable | Buffer, options: PutOptions): Promise<{ sizeBytes: number; sha256: string }> {
    requireKey(key)
    throwIfAborted(options.signal, `putting ${key}`)
    return attempting(`putting ${key}`, async () => {
      const incoming = await this.#incoming()
      const meter = new Meter(options.maxBytes)
      try {
        const source = Buffer.isBuffer(body) ? Readable.from([body]) : body
        // flush: fsync before close, the content must be on disk before the metadata that names it.
        const target = createWriteStream(incoming, { flags: 'wx', mode: 0o600, flush: true })
        await pipeline(source, meter, target, options.signal ? { signal: options.signal } : {})
        const written = { sizeBytes: meter.sizeBytes, sha256: meter.sha256() }
        await this.#commit(key, incoming, { ...written, contentType: options.contentType })
        return written
      } finally {
        await rm(incoming, { force: true })
      }
    })
  }

  async get(key: string, options: CallOptions & { range?: ByteRange } = {}): Promise<ObjectContent> {
    throwIfAborted(options.signal, `getting ${key}`)
    const { metadata, handle } = await this.#open(requireKey(key))
    try {
      const range = resolveRange(options.range, metadata.sizeBytes)
      const isEmpty = range.end < range.start
      const stream = isEmpty
        ? Readable.from([], { objectMode: false })
        : handle.createReadStream({ ...range, highWaterMark: 128 * 1024 })
      if (isEmpty) await handle.close()
      if (options.signal) addAbort(stream, options.signal)
      return { ...asInfo(key, metadata), range, stream }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async head(key: string, options: CallOptions = {}): Promise<ObjectInfo> {
    throwIfAborted(options.signal, `reading about ${key}`)
    return asInfo(requireKey(key), await this.#metadata(key))
  }

  async list(under: string, options: CallOptions & { after?: string; limit?: number } = {}): Promise<ObjectInfo[]> {
    const prefix = requirePrefix(under, true)
    return attempting(`listing ${prefix}`, async () => {
      const keys: string[] = []
      for await (const key of this.#keys(prefix, options)) keys.push(key)
      const { after } = options
      const rest = keys.toSorted().filter((key) => after === undefined || key > after)
      const infos = rest.slice(0, options.limit ?? 1000).map(async (key) => this.#infoIfPresent(key))
      return (await Promise.all(infos)).filter((info) => info !== undefined)
    })
  }

  async remove(key: string, options: CallOptions = {}): Promise<void> {
    requireKey(key)
    throwIfAborted(options.signal, `removing ${key}`)
    await attempting(`removing ${key}`, async () => {
      const metadata = await this.#infoFile(key)
      await rm(this.#path(`${key}.json`), { force: true })
      if (metadata) await rm(this.#path(`${folderOf(key)}${metadata.file}`), { force: true })
    })
  }

  async removePrefix(under: string, options: CallOptions = {}): Promise<void> {
    const prefix = requirePrefix(under)
    throwIfAborted(options.signal, `removing ${prefix}/`)
    await attempting(`removing ${prefix}/`, async () => {
      // Out of sight at once, then removed: a crash in between leaves nothing visible.
      const removed = this.#path(`.removed/${randomName()}`)
      await mkdir(this.#path('.removed'), { recursive: true, mode: 0o700 })
      try {
        await rename(this.#path(prefix), removed)
      } catch (error) {
        if (isCode(error, 'ENOENT')) return
        throw error
      }
      await syncFolder(this.#path(folderOf(prefix)))
      await rm(removed, { recursive: true, force: true })
    })
  }

  async copy(from: string, to: string, options: CallOptions = {}): Promise<void> {
    requireKey(to)
    throwIfAborted(options.signal, `copying ${from}`)
    const metadata = await this.#metadata(requireKey(from))
    await attempting(`copying ${from} to ${to}`, async () => {
      const incoming = await this.#incoming()
      try {
        // Content files are never written to after their rename, so the copy may share the bytes.
        await link(this.#path(`${folderOf(from)}${metadata.file}`), incoming)
        await this.#commit(to, incoming, metadata)
      } finally {
        await rm(incoming, { force: true })
      }
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

  async describe(options: CallOptions & { depth?: number } = {}): ReturnType<ObjectStore['describe']> {
    return attempting('counting the objects', async () => {
      const objects: ObjectInfo[] = []
      for await (const key of this.#keys('', options)) {
        const info = await this.#infoIfPresent(key)
        if (info) objects.push(info)
      }
      return summarize(objects, options.depth ?? 2)
    })
  }

  async check(options: CallOptions = {}): ReturnType<ObjectStore['check']> {
    throwIfAborted(options.signal, 'checking the object store')
    try {
      const probe = await this.#incoming()
      await writeFile(probe, 'probe', { mode: 0o600, flush: true })
      await unlink(probe)
      const disk = await statfs(this.#root)
      const freeBytes = disk.bavail * disk.bsize
      const ok = freeBytes >= LOW_FREE_BYTES
      return {
        ok,
        freeBytes,
        detail: ok ? `files in ${this.#root}` : `only ${Math.floor(freeBytes / 1e6)} MB are free in ${this.#root}`,
      }
    } catch (error) {
      return {
        ok: false,
        freeBytes: null,
        detail: `${this.#root} cannot be written to: ${error instanceof Error ? error.message : String(error)}`,
      }
    }
  }

  /** Removes what crashes left behind, if it is older than any put could still be running. Safe beside other processes. */
  async sweep(options: CallOptions & { olderThanMs?: number } = {}): Promise<{ removed: number }> {
    const before = Date.now() - (options.olderThanMs ?? 24 * 3600 * 1000)
    let removed = 0
    const drop = async (path: string): Promise<void> => {
      const found = await stat(path).catch(() => undefined)
      if (!found || found.mtimeMs > before) return
      await rm(path, { recursive: true, force: true })
      removed++
    }
    await attempting('sweeping the object store', async () => {
      for (const folder of ['.incoming', '.removed']) {
        for (const { name } of await entries(this.#path(folder))) await drop(this.#path(`${folder}/${name}`))
      }
      for await (const path of this.#orphans('', options)) await drop(path)
    })
    return { removed }
  }

  async #commit(
    key: string,
    incoming: string,
    about: Pick<Metadata, 'sizeBytes' | 'sha256' | 'contentType'>,
  ): Promise<void> {
    const name = key.slice(folderOf(key).length)
    const file = `${name}.${randomName()}.data`
    const metadata: Metadata = { ...about, file, lastModified: new Date().toISOString() }
    const previous = await this.#infoFile(key)
    const draft = await this.#incoming()
    const content = this.#path(`${folderOf(key)}${file}`)
    try {
      await writeFile(draft, JSON.stringify(metadata), { mode: 0o600, flag: 'wx', flush: true })
      await moveDurably(incoming, content)
      await moveDurably(draft, this.#path(`${key}.json`))
    } catch (error) {
      await rm(content, { force: true })
      throw error
    } finally {
      await rm(draft, { force: true })
    }
    if (previous) await rm(this.#path(`${folderOf(key)}${previous.file}`), { force: true })
  }

  async #open(key: string): Promise<{ metadata: Metadata; handle: Awaited<ReturnType<typeof open>> }> {
    for (let attempt = 1; ; attempt++) {
      const metadata = await this.#metadata(key)
      try {
        return { metadata, handle: await open(this.#path(`${folderOf(key)}${metadata.file}`), 'r') }
      } catch (error) {
        if (!isCode(error, 'ENOENT'))
          throw new DriverError('unavailable', `the content of ${key} cannot be read`, { cause: error })
        // Replaced between the two reads: the metadata now names another file. Not five times in a row.
        if (attempt === 5) throw new DriverError('protocol', `the content of ${key} is lost`, { cause: error })
      }
    }
  }

  async #metadata(key: string): Promise<Metadata> {
    const metadata = await attempting(`reading about ${key}`, () => this.#infoFile(key))
    if (!metadata) throw new DriverError('not-found', `there is no object ${key}`)
    return metadata
  }

  async #infoFile(key: string): Promise<Metadata | undefined> {
    try {
      return metadataSchema.parse(JSON.parse(await readFile(this.#path(`${key}.json`), 'utf8')))
    } catch (error) {
      if (isCode(error, 'ENOENT', 'ENOTDIR')) return undefined
      if (isCode(error, 'EACCES', 'EIO', 'EMFILE', 'ENFILE')) throw error
      throw new DriverError('protocol', `the metadata of ${key} is damaged`, { cause: error })
    }
  }

  async #infoIfPresent(key: string): Promise<ObjectInfo | undefined> {
    const metadata = await this.#infoFile(key)
    return metadata && asInfo(key, metadata)
  }

  async *#keys(prefix: string, options: CallOptions): AsyncGenerator<string> {
    throwIfAborted(options.signal, 'walking the objects')
    for (const { name, isFolder } of await entries(this.#path(prefix))) {
      if (name.startsWith('.')) continue
      const key = prefix === '' ? name : `${prefix}/${name}`
      if (isFolder) yield* this.#keys(key, options)
      else if (key.endsWith('.json')) yield key.slice(0, -'.json'.length)
    }
  }

  async *#orphans(prefix: string, options: CallOptions): AsyncGenerator<string> {
    throwIfAborted(options.signal, 'walking the objects')
    for (const { name, isFolder } of await entries(this.#path(prefix))) {
      if (name.startsWith('.')) continue
      const path = prefix === '' ? name : `${prefix}/${name}`
      if (isFolder) yield* this.#orphans(path, options)
      else if (name.endsWith('.data')) {
        const owner = await this.#infoFile(`${folderOf(path)}${name.slice(0, name.indexOf('.'))}`)
        if (owner?.file !== name) yield this.#path(path)
      }
    }
  }

  async #incoming(): Promise<string> {
    const folder = this.#path('.incoming')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    return join(folder, randomName())
  }

  #path(relative: string): string {
    return join(this.#root, relative)
  }
}

/** `sites/1/` of `sites/1/x`, '' of `x`. */
function folderOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/') + 1)
}

function asInfo(key: string, metadata: Metadata): ObjectInfo {
  const { sizeBytes, contentType, sha256, lastModified } = metadata
  return { key, sizeBytes, contentType, sha256, lastModified: new Date(lastModified) }
}

function addAbort(stream: Readable, signal: AbortSignal): void {
  const abort = (): void =>
    void stream.destroy(new DriverError('unavailable', 'reading was aborted', { cause: signal.reason }))
  signal.addEventListener('abort', abort, { once: true })
  stream.once('close', () => signal.removeEventListener('abort', abort))
}
