import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The files behind the objects of a filesystem store, for those who come past the store. */
export class StoredFiles {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  /** What puts both files of the object back as they are now, whatever becomes of them. */
  async remember(key: string): Promise<() => Promise<void>> {
    const metadata = this.#metadata(key)
    const content = await this.#content(key)
    const [about, bytes] = [await readFile(metadata), await readFile(content)]
    return async () => {
      const now = await this.#content(key).catch(() => content)
      if (now !== content) await rm(now, { force: true })
      await writeFile(content, bytes)
      await writeFile(metadata, about)
    }
  }

  /** Rewrites the content. `change` may answer undefined: it cannot. */
  async change(
    key: string,
    change: (bytes: Buffer) => Buffer | undefined,
    { toldToStore = false }: { toldToStore?: boolean } = {},
  ): Promise<boolean> {
    const file = await this.#content(key)
    const changed = change(await readFile(file))
    if (changed === undefined) return false
    await writeFile(file, changed)
    if (toldToStore) {
      // The store wrote it.
      const about = JSON.parse(await readFile(this.#metadata(key), 'utf8')) as object
      await writeFile(this.#metadata(key), JSON.stringify({ ...about, sizeBytes: changed.length }))
    }
    return true
  }

  async removeContent(key: string): Promise<void> {
    await rm(await this.#content(key))
  }

  /** `share`: how much of it stays, 0 to 1. */
  async cutMetadata(key: string, share: number): Promise<void> {
    const text = await readFile(this.#metadata(key))
    await writeFile(this.#metadata(key), text.subarray(0, Math.floor(text.length * share)))
  }

  async #content(key: string): Promise<string> {
    const path = join(this.#root, ...key.split('/'))
    const names = await readdir(dirname(path))
    const name = names.find((entry) => entry.startsWith(`${basename(path)}.`) && entry.endsWith('.data'))
    if (name === undefined) throw new Error(`${key} has no content`)
    return join(dirname(path), name)
  }

  #metadata(key: string): string {
    return join(this.#root, ...`${key}.json`.split('/'))
  }
}
