import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { chmod, rm } from 'node:fs/promises'
import type { KeyObject } from 'node:crypto'
import { acknowledgementSchema, signSnapshot, type BenchSnapshot, type EdgeSnapshot } from '@platen/drivers/snapshots'
import type { Logger } from '@platen/kit/logging'
import { withScope, type Db, type Tx } from '@platen/kit/sql'
import type { SnapshotHub } from './snapshot-publisher.ts'
import { findConsumer, recordAcknowledgement, type ConsumerRow } from './snapshot-store.ts'

const longestPollMs = 25_000
const longestBodyBytes = 64 * 1024

export interface InternalServerOptions {
  socketPath: string
  db: Db
  hub: SnapshotHub
  signingKey: KeyObject
  /** Builds the payload from the rows that this transaction sees. */
  build(tx: Tx, consumer: ConsumerRow): Promise<BenchSnapshot | EdgeSnapshot>
  logger: Logger
}

/**
 * The manager's private socket: long-polls and acknowledgements of benches and edge. Not part of the HTTP API: nobody but processes
 * of this platform's own user can open the socket (0600), and what they get is sealed for one consumer each.
 */
export async function startInternalServer(options: InternalServerOptions): Promise<{ close(): Promise<void> }> {
  const closing = new AbortController()
  const server = createServer((request, response) => {
    answer(request, response, options, closing.signal).catch((error: unknown) => {
      options.logger.error({ err: error, url: request.url }, 'a snapshot request failed')
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  await rm(options.socketPath, { force: true })
  await listenOn(server, options.socketPath)
  await chmod(options.socketPath, 0o600)
  return {
    async close() {
      closing.abort()
      server.closeIdleConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const listenOn = (server: Server, path: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, resolve)
  })

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: InternalServerOptions,
  closing: AbortSignal,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://manager')
  const [, root, consumer = '', rest, tooMuch] = url.pathname.split('/').map(decodeURIComponent)
  if (root !== 'snapshots' || tooMuch !== undefined) return end(response, 404)
  if (request.method === 'PUT' && rest === 'acknowledgement') return acknowledge(request, response, consumer, options)
  if (request.method !== 'GET' || rest !== undefined) return end(response, 405)
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const envelope = await newer(consumer, url.searchParams, options, AbortSignal.any([closing, gone.signal]))
  if (envelope === 'unknown') return end(response, 404)
  if (envelope === undefined) return end(response, 204)
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(envelope))
}

const end = (response: ServerResponse, status: number): void => {
  response.writeHead(status).end()
}

async function acknowledge(
  request: IncomingMessage,
  response: ServerResponse,
  consumer: string,
  { db }: InternalServerOptions,
): Promise<void> {
  const body = await readBody(request)
  const parsed = acknowledgementSchema.safeParse(body)
  if (!parsed.success) return end(response, 422)
  await recordAcknowledgement(db, consumer, parsed.data.version, parsed.data.problems)
  end(response, 204)
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  // An HTTP request without encoding yields buffers; its type says any.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > longestBodyBytes) return undefined
    chunks.push(chunk)
  }
  try {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'))
    return body
  } catch {
    return undefined
  }
}

/** The consumer's snapshot as soon as it differs from what it has: different is enough, the consumer decides what is newer. */
async function newer(consumer: string, query: URLSearchParams, options: InternalServerOptions, signal: AbortSignal) {
  const deadline =
    performance.now() + Math.min(Number(query.get('waitMs') ?? longestPollMs) || longestPollMs, longestPollMs)
  for (;;) {
    const changed = options.hub.change(consumer, Math.max(1, deadline - performance.now()), signal)
    const row = await findConsumer(options.db, consumer)
    if (row === undefined) return 'unknown'
    const isKnown = String(row.version) === query.get('after') && row.changed_at.toISOString() === query.get('issuedAt')
    if (!isKnown) return buildEnvelope(consumer, options)
    await changed
    if (signal.aborted || performance.now() >= deadline) return undefined
  }
}

/** Version and payload come from one snapshot of the database, so a version never claims more than its payload holds. */
async function buildEnvelope(consumer: string, { db, build, signingKey }: InternalServerOptions) {
  return withScope(
    db,
    { operator: true },
    async (tx) => {
      const row = await findConsumer(tx, consumer)
      if (row === undefined) return 'unknown'
      const payload = await build(tx, row)
      return signSnapshot({ consumer, version: Number(row.version), issuedAt: row.changed_at, payload }, signingKey)
    },
    { isolation: 'repeatable read' },
  )
}
