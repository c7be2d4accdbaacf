import type { LogLine } from './engine-store.ts'
import { withoutSecrets } from './failures.ts'

const FLUSH_MS = 200

/** Log lines of one operation on their way to the database: they travel with the next recorded change, or alone after 200 ms. */
export class StepLog {
  readonly #append: (lines: readonly LogLine[]) => Promise<void>
  #lines: LogLine[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(append: (lines: readonly LogLine[]) => Promise<void>) {
    this.#append = append
  }

  add(step: string | null, message: string): void {
    this.#lines.push({ step, message: withoutSecrets(message) })
    this.#timer ??= setTimeout(() => void this.#append(this.take()), FLUSH_MS)
  }

  /** The lines that wait; the caller now owns their writing. */
  take(): readonly LogLine[] {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return this.#lines.splice(0)
  }
}
