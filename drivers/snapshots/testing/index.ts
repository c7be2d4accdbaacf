/**
 * A manager's internal socket in memory, for tests of consumers: signs, answers long-polls, keeps acknowledgements. It is also the
 * reference for what the real manager must do.
 */
import type { KeyObject } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createSnapshotKeys, signSnapshot } from '../envelope.ts'
import { ensurePublicKey } from '../keys.ts'
import { acknowledgementSchema, type SnapshotAcknowledgement, type SnapshotEnvelope } from '../schema.ts'

export class MemoryPublisher {
  readonly socketPath: string
  readonly publicKeyFile: string
  readonly #keys: { publicKeyPem: string; privateKey: KeyObject } = createSnapshotKeys()
  readonly #envelopes = new Map<string, SnapshotEnvelope>()
  readonly #acknowledgements = new Map<string, SnapshotAcknowledgement>()
  readonly #waiting = new Set<() => void>()
  #server: Server | undefined

  constructor(options: { socketPath: string; publicKeyFile: string }) {
    this.socketPath = options.socketPath
    this.publicKeyFile = options.publicKeyFile
  }

  /** Also after `stop`: the manager comes back, with all it knew. */
  async start(): Promise<void> {
    await ensurePublicKey(this.publicKeyFile, this.#keys.publicKeyPem)
    await rm(this.socketPath, { force: true })
    const server = createServer((request, response) => void this.#answer(request, response))
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve))
    this.#server = server
  }

  /** As a killed manager: connections are cut, the socket is gone. */
  async stop(): Promise<void> {
    const server = this.#server
    this.#server = undefined
    if (!server) return
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  /** @param draft.version the next one unless given; `issuedAt` is now unless given. */
  publish(consumer: string, payload: unknown, draft: { version?: number; issuedAt?: Date } = {}): SnapshotEnvelope {
    const version = draft.version ?? (this.#envelopes.get(consumer)?.version ?? 0) + 1
    const envelope = signSnapshot(
      { consumer, version, issuedAt: draft.issuedAt ?? new Date(), payload },
      this.#keys.privateKey,
    )
    this.serve(consumer, envelope)
    return envelope
  }

  /** Serves an envelope as it is, forged ones too. */
  serve(consumer: string, envelope: SnapshotEnvelope): void {
    this.#envelopes.set(consumer, envelope)
    for (const wake of this.#waiting) wake()
  }

  acknowledgement(consumer: string): SnapshotAcknowledgement | undefined {
    return this.#acknowledgements.get(consumer)
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://manager')
    const [, , consumer = '', rest] = url.pathname.split('/').map(decodeURIComponent)
    if (request.method === 'PUT' && rest === 'acknowledgement') {
      const chunks = await request.toArray()
      this.#acknowledgements.set(consumer, acknowledgementSchema.parse(JSON.parse(Buffer.concat(chunks).toString())))
      response.writeHead(204).end()
      return
    }
    const envelope = await this.#newer(consumer, url.searchParams)
    if (envelope) response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(envelope))
    else response.writeHead(204).end()
  }

  /** Different is enough: the consumer decides whether it is newer, and says so if it is not. */
  async #newer(consumer: string, query: URLSearchParams): Promise<SnapshotEnvelope | undefined> {
    const deadlineMs = Date.now() + Math.min(Number(query.get('waitMs') ?? 25_000), 25_000)
    for (;;) {
      const envelope = this.#envelopes.get(consumer)
      const isKnown =
        !envelope || (String(envelope.version) === query.get('after') && envelope.issuedAt === query.get('issuedAt'))
      if (!isKnown) return envelope
      const leftMs = deadlineMs - Date.now()
      if (leftMs <= 0) return undefined
      await this.#change(leftMs)
    }
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer)
        this.#waiting.delete(wake)
        resolve()
      }
      const timer = setTimeout(wake, timeoutMs)
      this.#waiting.add(wake)
    })
  }
}
