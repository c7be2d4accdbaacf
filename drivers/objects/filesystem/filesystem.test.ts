import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { objectStoreConformance } from '../conformance.ts'
import { FilesystemObjects } from './driver.ts'

const roots: string[] = []
let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'platen-objects-'))
  roots.push(root)
})

afterAll(async () => {
  await Promise.all(roots.map((path) => rm(path, { recursive: true, force: true })))
})

objectStoreConformance(async (options) => new FilesystemObjects({ root, ...options }))

describe('on disk', () => {
  const plain = { contentType: 'text/plain', maxBytes: 1e9 }

  async function files(): Promise<string[]> {
    const found = await readdir(root, { recursive: true, withFileTypes: true })
    return found
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
  }

  test('an object is two files readable by us only, also after it was replaced often', async () => {
    const store = new FilesystemObjects({ root })
    for (let round = 0; round < 5; round++) await store.put('sites/1/a', Buffer.from(String(round)), plain)
    const found = await files()
    expect(found).toHaveLength(2)
    for (const file of found) expect((await stat(join(root, file))).mode & 0o777).toBe(0o600)
  })

  test('a failed put leaves no file', async () => {
    const store = new FilesystemObjects({ root })
    const broken = Readable.from(
      (async function* () {
        yield Buffer.alloc(200_000)
        throw new Error('gone')
      })(),
    )
    await expect(store.put('a', broken, plain)).rejects.toThrow()
    expect(await files()).toEqual([])
  })

  test('a full disk is told as such, leaves nothing, and the earlier object is intact', async () => {
    const store = new FilesystemObjects({ root })
    await store.put('a', Buffer.from('before'), plain)
    const driver = fileURLToPath(new URL('driver.ts', import.meta.url))
    // A file size limit of the process makes the kernel refuse the write just as a full disk does.
    const script = `import { FilesystemObjects } from ${JSON.stringify(driver)}
      const store = new FilesystemObjects({ root: ${JSON.stringify(root)} })
      try { await store.put('a', Buffer.alloc(4_000_000), ${JSON.stringify(plain)}) } catch (error) { console.log(error.kind, error.message) }`
    const child = spawn('prlimit', ['--fsize=1000000', process.execPath, '--input-type=module', '--eval', script])
    const [output] = await Promise.all([text(child.stdout), once(child, 'exit')])
    expect(output).toContain('refused the storage is full')
    expect((await buffer((await store.get('a')).stream)).toString()).toBe('before')
    expect(await files()).toHaveLength(2)
  })

  test('sweeping removes what a crash left, and nothing else', async () => {
    const store = new FilesystemObjects({ root })
    await store.put('sites/1/a', Buffer.from('kept'), plain)
    await writeFile(join(root, 'sites/1', `a.${'0'.repeat(24)}.data`), 'an older version')
    await writeFile(join(root, 'sites/1', `b.${'0'.repeat(24)}.data`), 'never committed')
    await writeFile(join(root, '.incoming', 'unfinished'), 'half')
    expect(await store.sweep()).toEqual({ removed: 0 })
    expect(await store.sweep({ olderThanMs: -1000 })).toEqual({ removed: 3 })
    expect((await buffer((await store.get('sites/1/a')).stream)).toString()).toBe('kept')
    expect(await files()).toHaveLength(2)
  })

  test('damaged metadata is a protocol error, not a crash', async () => {
    const store = new FilesystemObjects({ root })
    await store.put('a', Buffer.from('x'), plain)
    await writeFile(join(root, 'a.json'), '{"file":"../../etc/passwd"}')
    await expect(store.get('a')).rejects.toMatchObject({ kind: 'protocol' })
  })

  test('a reader that began before the removal reads to the end', async () => {
    const store = new FilesystemObjects({ root })
    await store.put('a/b', Buffer.alloc(3_000_000, 7), plain)
    const { stream } = await store.get('a/b')
    await store.removePrefix('a')
    expect((await buffer(stream)).length).toBe(3_000_000)
  })

  test('large content streams in constant memory', async () => {
    const store = new FilesystemObjects({ root })
    const chunk = Buffer.alloc(1_000_000, 1)
    const before = process.memoryUsage().rss
    await store.put(
      'big',
      Readable.from(
        (function* () {
          for (let index = 0; index < 150; index++) yield chunk
        })(),
      ),
      plain,
    )
    let sizeBytes = 0
    for await (const part of (await store.get('big')).stream) sizeBytes += (part as Buffer).length // a byte stream yields Buffers
    expect(sizeBytes).toBe(150_000_000)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
  })

  test('a folder that cannot be used is not ok', async () => {
    await writeFile(join(root, 'file'), '')
    expect(await new FilesystemObjects({ root: join(root, 'file') }).check()).toMatchObject({ ok: false })
  })
})
