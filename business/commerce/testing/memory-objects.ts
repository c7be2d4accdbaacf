import type { ObjectStoreLike } from '../commands/index.ts'

/** The store of one site, in memory. `failNextPut` makes the next upload fail as a full disk would. */
export class MemoryObjects implements ObjectStoreLike {
  readonly stored = new Map<string, { content: Buffer; contentType: string }>()
  failNextPut = false

  async put(key: string, content: Buffer, options: { contentType: string; maxBytes: number }) {
    if (this.failNextPut) {
      this.failNextPut = false
      throw new Error('no space left on the device')
    }
    if (content.length > options.maxBytes) throw new Error('too large')
    this.stored.set(key, { content, contentType: options.contentType })
    return { sizeBytes: content.length, sha256: '' }
  }

  async remove(key: string): Promise<void> {
    this.stored.delete(key)
  }

  signedUrl(request: { key: string; expiresInSeconds: number }): string {
    return `https://site.test/files/${request.key}?expires=${request.expiresInSeconds}`
  }

  async usage(): Promise<{ sizeBytes: number }> {
    return { sizeBytes: [...this.stored.values()].reduce((sum, { content }) => sum + content.length, 0) }
  }
}
