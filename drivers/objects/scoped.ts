import type { Readable } from 'node:stream'
import type { Secret } from '@platen/kit/secrets'
import type { CallOptions, ObjectInfo, ObjectStore, PutOptions } from './contract.ts'
import { requireKey, requirePrefix } from './keys.ts'
import { signObjectUrl, verifyObjectUrl } from './signed-url.ts'

/**
 * The view of one prefix, the same for every vendor. Each key is checked before the prefix is put in front, and the pattern knows no
 * `..`, so no key of a scope names anything outside of it.
 */
export function scopedStore(store: ObjectStore, scope: string, urlSecret: Secret | undefined): ObjectStore {
  const prefix = requirePrefix(scope)
  const absolute = (key: string): string => `${prefix}/${requireKey(key)}`
  const relative = <T extends ObjectInfo>(info: T): T => ({ ...info, key: info.key.slice(prefix.length + 1) })
  const under = (inner: string): string => (inner === '' ? prefix : `${prefix}/${requirePrefix(inner)}`)
  return {
    put: async (key: string, body: Readable | Buffer, options: PutOptions) => store.put(absolute(key), body, options),
    get: async (key, options) => relative(await store.get(absolute(key), options)),
    head: async (key, options) => relative(await store.head(absolute(key), options)),
    async list(inner, options) {
      const { after, ...rest } = options ?? {}
      const found = await store.list(under(inner), after === undefined ? rest : { ...rest, after: absolute(after) })
      return found.map(relative)
    },
    remove: async (key, options) => store.remove(absolute(key), options),
    removePrefix: async (inner, options) => store.removePrefix(`${prefix}/${requirePrefix(inner)}`, options),
    copy: async (from, to, options) => store.copy(absolute(from), absolute(to), options),
    signedUrl: (request) => signObjectUrl({ secret: urlSecret, prefix }, request),
    verifySigned: (request) => verifyObjectUrl({ secret: urlSecret, prefix }, request),
    scoped: (inner, options) =>
      scopedStore(store, `${prefix}/${requirePrefix(inner)}`, options?.urlSecret ?? urlSecret),
    async describe(options: CallOptions & { depth?: number } = {}) {
      const infos = await listAll(store, prefix, options)
      return summarize(infos.map(relative), options.depth ?? 2)
    },
    check: (options) => store.check(options),
  }
}

/** Bytes per leading segments; an object shallower than `depth` counts for the segments above it, or '' at the top. */
export function summarize(
  objects: Iterable<{ key: string; sizeBytes: number }>,
  depth: number,
): Awaited<ReturnType<ObjectStore['describe']>> {
  const usage = new Map<string, { prefix: string; objects: number; sizeBytes: number }>()
  const total = { objects: 0, sizeBytes: 0 }
  for (const { key, sizeBytes } of objects) {
    const prefix = key.split('/').slice(0, -1).slice(0, depth).join('/')
    const entry = usage.get(prefix) ?? { prefix, objects: 0, sizeBytes: 0 }
    entry.objects++
    entry.sizeBytes += sizeBytes
    usage.set(prefix, entry)
    total.objects++
    total.sizeBytes += sizeBytes
  }
  return { prefixes: [...usage.values()].toSorted((a, b) => (a.prefix < b.prefix ? -1 : 1)), ...total }
}

async function listAll(store: ObjectStore, prefix: string, options: CallOptions): Promise<ObjectInfo[]> {
  const all: ObjectInfo[] = []
  const limit = 1000
  for (;;) {
    const after = all.at(-1)?.key
    const page = await store.list(prefix, {
      ...(options.signal && { signal: options.signal }),
      limit,
      ...(after && { after }),
    })
    all.push(...page)
    if (page.length < limit) return all
  }
}
