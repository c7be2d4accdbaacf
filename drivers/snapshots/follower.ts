/**
 * The consumer's side of snapshots: long-poll the manager, check, apply, keep on disk, acknowledge. It never gives up and never
 * stops what is being served: every failure is logged, reported to the manager when it is there, and tried again.
 *
 * Order matters. **Apply before persist**: a snapshot that cannot be applied must not be what the next start begins with.
 * **Acknowledge last**: the manager's "publish route" step waits for it and then probes. A disk that is full does not hold up the
 * acknowledgement, it is reported in it, because what is acknowledged is "in effect".
 */
import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import type { ZodType } from 'zod'
import { SnapshotRefused, supersedes, verifySnapshot } from './envelope.ts'
import { readPublicKey } from './keys.ts'
import { replaceFile } from './replace-file.ts'
import type { SnapshotEnvelope } from './schema.ts'
import { requestOverSocket } from './socket-client.ts'

/** The part of a pino logger that is used here. */
export interface FollowerLogger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}

export interface SnapshotFollowerOptions<Snapshot> {
  /** `edge` or `bench-<name>-<n>` */
  consumer: string
  schema: ZodType<Snapshot>
  /** manager-internal.sock */
  socketPath: string
  /** `snapshots/<consumer>.json` */
  file: string
  /** Read again when a signature does not verify: the manager may have been set up anew. */
  publicKeyFile: string
  /**
   * Makes the snapshot what is served. Returns sentences about parts that could not be used (a certificate that cannot be opened);
   * throws when nothing of it could, then the earlier snapshot must still be in effect.
   */
  apply(
    snapshot: Snapshot,
    meta: { version: number; issuedAt: string; source: 'disk' | 'manager' },
  ): Promise<readonly string[] | void>
  logger: FollowerLogger
  /** Default 25,000: how long one poll may hang at the manager. */
  pollMs?: number
  /** Default 250 to 10,000, full jitter, doubling. */
  backoff?: { minimumMs: number; maximumMs: number }
}

export interface FollowerStatus {
  /** 0 while nothing is applied. */
  version: number
  issuedAt: string | null
  source: 'none' | 'disk' | 'manager'
  isManagerReachable: boolean
  /** False while the snapshot in effect could not be written to disk. */
  isPersisted: boolean
  problems: readonly string[]
}

interface Applied {
  envelope: SnapshotEnvelope
  source: 'disk' | 'manager'
  problems: readonly string[]
}

export class SnapshotFollower<Snapshot> {
  readonly #options: SnapshotFollowerOptions<Snapshot>
  readonly #stopping = new AbortController()
  #applied: Applied | undefined
  #publicKey: KeyObject | undefined
  #isManagerReachable = false
  #isPersisted = true
  #isAcknowledged = false
  #persistProblem: string | undefined
  #refusal: string | undefined
  #loop: Promise<void> | undefined

  constructor(options: SnapshotFollowerOptions<Snapshot>) {
    this.#options = options
  }

  /** Applies what is on disk, if anything, then follows the manager in the background. Resolves after the first of the two. */
  async start(): Promise<void> {
    if (this.#loop) return
    await this.#startFromDisk()
    this.#loop = this.#follow()
  }

  /** Ends the poll and waits until a running apply has finished. */
  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#loop
  }

  status(): FollowerStatus {
    return {
      version: this.#applied?.envelope.version ?? 0,
      issuedAt: this.#applied?.envelope.issuedAt ?? null,
      source: this.#applied?.source ?? 'none',
      isManagerReachable: this.#isManagerReachable,
      isPersisted: this.#isPersisted,
      problems: this.#problems(),
    }
  }

  async #startFromDisk(): Promise<void> {
    const { file, logger, consumer } = this.#options
    try {
      const text = await readFile(file, 'utf8')
      await this.#accept(JSON.parse(text), 'disk')
    } catch (error) {
      const isAbsent = error instanceof Error && 'code' in error && error.code === 'ENOENT'
      if (!isAbsent) logger.warn({ consumer, file, error: describe(error) }, 'the snapshot on disk cannot be used')
    }
  }

  async #follow(): Promise<void> {
    let failures = 0
    while (!this.#stopping.signal.aborted) {
      try {
        await this.#round()
        failures = 0
      } catch (error) {
        if (this.#stopping.signal.aborted) return
        failures++
        this.#noteFailure(error, failures)
        await this.#pause(failures)
      }
    }
  }

  async #round(): Promise<void> {
    const envelope = await this.#poll()
    this.#isManagerReachable = true
    if (!envelope) {
      // A quiet round is the moment to repair what failed earlier.
      await this.#persist()
      if (!this.#isAcknowledged) await this.#acknowledge()
      return
    }
    try {
      await this.#accept(envelope, 'manager')
      this.#refusal = undefined
    } catch (error) {
      this.#refusal = describe(error)
      await this.#acknowledge()
      throw error
    }
    await this.#persist()
    await this.#acknowledge()
  }

  async #poll(): Promise<unknown> {
    const { consumer, socketPath, pollMs = 25_000 } = this.#options
    const current = this.#applied?.envelope
    const query = new URLSearchParams({
      after: String(current?.version ?? 0),
      issuedAt: current?.issuedAt ?? '',
      waitMs: String(pollMs),
    })
    const response = await requestOverSocket({
      socketPath,
      method: 'GET',
      path: `/snapshots/${encodeURIComponent(consumer)}?${query}`,
      timeoutMs: pollMs + 10_000,
      signal: this.#stopping.signal,
    })
    if (response.status === 204) return undefined
    if (response.status !== 200) throw new Error(`the manager answered ${response.status} to the snapshot poll`)
    return JSON.parse(response.body)
  }

  async #accept(candidate: unknown, source: 'disk' | 'manager'): Promise<void> {
    const { consumer, schema, apply, logger } = this.#options
    const envelope = await this.#verify(candidate)
    if (!supersedes(envelope, this.#applied?.envelope)) {
      throw new SnapshotRefused(
        'version',
        `snapshot ${envelope.version} of ${envelope.issuedAt} is not newer than ${this.#applied?.envelope.version} of ${this.#applied?.envelope.issuedAt}`,
      )
    }
    const parsed = schema.safeParse(JSON.parse(envelope.payload))
    if (!parsed.success)
      throw new SnapshotRefused(
        'payload',
        `snapshot ${envelope.version} does not have the expected shape: ${parsed.error.message}`,
      )
    const problems =
      (await apply(parsed.data, { version: envelope.version, issuedAt: envelope.issuedAt, source })) ?? []
    this.#applied = { envelope, source, problems }
    this.#isPersisted = source === 'disk'
    this.#isAcknowledged = false
    logger.info({ consumer, version: envelope.version, source, problems }, 'snapshot applied')
  }

  async #verify(candidate: unknown): Promise<SnapshotEnvelope> {
    const { publicKeyFile, consumer } = this.#options
    if (this.#publicKey) {
      try {
        return verifySnapshot(candidate, this.#publicKey, consumer)
      } catch (error) {
        if (!(error instanceof SnapshotRefused) || error.reason !== 'signature') throw error
      }
    }
    this.#publicKey = await readPublicKey(publicKeyFile)
    return verifySnapshot(candidate, this.#publicKey, consumer)
  }

  async #persist(): Promise<void> {
    const { file, consumer, logger } = this.#options
    if (this.#isPersisted || !this.#applied) return
    try {
      await replaceFile(file, JSON.stringify(this.#applied.envelope))
      this.#isPersisted = true
      if (this.#persistProblem) this.#isAcknowledged = false
      this.#persistProblem = undefined
    } catch (error) {
      this.#persistProblem = `the snapshot could not be written to ${file}: ${describe(error)}`
      logger.warn(
        { consumer, file, error: describe(error) },
        'the snapshot could not be written to disk, serving it from memory',
      )
    }
  }

  async #acknowledge(): Promise<void> {
    const { consumer, socketPath } = this.#options
    const response = await requestOverSocket({
      socketPath,
      method: 'PUT',
      path: `/snapshots/${encodeURIComponent(consumer)}/acknowledgement`,
      body: {
        version: this.#applied?.envelope.version ?? 0,
        issuedAt: this.#applied?.envelope.issuedAt ?? '',
        problems: this.#problems(),
      },
      timeoutMs: 10_000,
      signal: this.#stopping.signal,
    })
    if (response.status >= 300) throw new Error(`the manager answered ${response.status} to the acknowledgement`)
    this.#isAcknowledged = true
  }

  #problems(): string[] {
    return [...(this.#applied?.problems ?? []), this.#persistProblem, this.#refusal].filter(
      (line) => line !== undefined,
    )
  }

  /** After an absence the manager may have forgotten what we told it: acknowledge again. */
  #noteFailure(error: unknown, failures: number): void {
    const { consumer, logger } = this.#options
    this.#isAcknowledged = false
    if (!(error instanceof SnapshotRefused)) this.#isManagerReachable = false
    // The first failure and then every 20th: a manager that is away for a night does not fill the log.
    if (failures === 1 || failures % 20 === 0) {
      logger.warn(
        { consumer, failures, error: describe(error) },
        'following the manager failed, serving the last snapshot',
      )
    }
  }

  async #pause(failures: number): Promise<void> {
    const { minimumMs, maximumMs } = this.#options.backoff ?? { minimumMs: 250, maximumMs: 10_000 }
    const ceilingMs = Math.min(maximumMs, minimumMs * 2 ** Math.min(failures, 16))
    const delayMs = minimumMs + Math.random() * (ceilingMs - minimumMs)
    await wait(delayMs, undefined, { signal: this.#stopping.signal }).catch(() => undefined)
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
