import { productProblems } from './problems.ts'

/** A picture is read as a whole before it is stored and takes up to twice its 10 MiB while it is: 80 MB of a bench process in all. */
export const MAX_UPLOADS = 4
/** So that one site cannot keep the others of its bench from uploading. */
export const MAX_UPLOADS_PER_SITE = 2

/** The uploads that one process has in hand, by site. */
export class UploadsInHand {
  readonly #bySite = new Map<string, number>()
  #all = 0

  /** Runs `work`, which reads the body; without a free place it refuses with `uploads-busy`, before a byte of it is read. */
  async take<T>(siteId: string, work: () => Promise<T>): Promise<T> {
    const ofSite = this.#bySite.get(siteId) ?? 0
    if (this.#all >= MAX_UPLOADS || ofSite >= MAX_UPLOADS_PER_SITE) {
      throw productProblems.problem('uploads-busy', 'Other pictures are being uploaded at this moment.', {
        // The body that nobody reads ends the connection with it.
        headers: { 'retry-after': '2', connection: 'close' },
      })
    }
    this.#note(siteId, 1)
    try {
      return await work()
    } finally {
      this.#note(siteId, -1)
    }
  }

  #note(siteId: string, change: 1 | -1): void {
    const ofSite = (this.#bySite.get(siteId) ?? 0) + change
    if (ofSite === 0) this.#bySite.delete(siteId)
    else this.#bySite.set(siteId, ofSite)
    this.#all += change
  }
}
