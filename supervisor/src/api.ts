// The supervisor's socket: what the runner driver `process` talks to. Mode 0600, so only our own user comes in. Answers are
// JSON; a refusal is {kind, detail} with the kinds of DriverError.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { chmod, rm } from 'node:fs/promises'
import { isBenchName } from '@platen/kit/names'
import {
  benchBody,
  logQuery,
  type BenchBody,
  type BenchProcess,
  type LogDescription,
  type LogPage,
  type LogQuery,
  type ProcessDescription,
} from '@platen/drivers/runners'
import { DriverError } from '@platen/drivers/errors'
import { z } from 'zod'

export interface Supervision {
  ensureBench(name: string, body: BenchBody): Promise<{ processes: BenchProcess[] }>
  restartBench(name: string): Promise<boolean>
  removeBench(name: string): Promise<void>
  processes(): Promise<ProcessDescription[]>
  logs(): Promise<LogDescription[]>
  /** Undefined for a program that has no log here. */
  readLog(program: string, query: LogQuery): Promise<LogPage | undefined>
}

const maxBodyBytes = 16 * 1024

class Refusal extends Error {
  readonly status: number
  readonly kind: 'refused' | 'not-found'
  constructor(status: number, kind: 'refused' | 'not-found', detail: string) {
    super(detail)
    this.status = status
    this.kind = kind
  }
}

/** Opens the socket; a file that a dead supervisor left there is replaced (the caller holds the lock). */
export async function openApi(socketPath: string, supervision: Supervision): Promise<Server> {
  await rm(socketPath, { force: true })
  const server = createServer((request, response) => void answer(request, response, supervision))
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  await chmod(socketPath, 0o600)
  return server
}

async function answer(request: IncomingMessage, response: ServerResponse, supervision: Supervision): Promise<void> {
  try {
    const [status, body] = await route(request, supervision)
    send(response, status, body)
  } catch (error) {
    if (error instanceof Refusal) return send(response, error.status, { kind: error.kind, detail: error.message })
    if (error instanceof DriverError) return send(response, 422, { kind: error.kind, detail: error.message })
    send(response, 503, { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) })
  }
}

async function route(request: IncomingMessage, supervision: Supervision): Promise<[number, unknown]> {
  const url = new URL(request.url ?? '/', 'http://supervisor')
  const [collection, encodedName, part] = url.pathname.slice(1).split('/')
  const name = decode(encodedName ?? '')
  const call = `${request.method} ${[collection, encodedName === undefined ? undefined : '*', part].filter(Boolean).join('/')}`
  switch (call) {
    case 'GET live':
      return [200, { live: true }]
    case 'GET processes':
      return [200, { items: await supervision.processes() }]
    case 'GET logs':
      return [200, { items: await supervision.logs() }]
    case 'GET logs/*':
      return [200, found(await supervision.readLog(name, queryOf(url)), `no log of ${name}`)]
    case 'PUT benches/*':
      return [200, await supervision.ensureBench(benchName(name), await bodyOf(request))]
    case 'POST benches/*/restart':
      return [200, found((await supervision.restartBench(benchName(name))) || undefined, `no bench ${name}`) && {}]
    case 'DELETE benches/*':
      await supervision.removeBench(benchName(name))
      return [200, {}]
    default:
      throw new Refusal(404, 'not-found', `the supervisor knows no ${request.method} ${url.pathname}`)
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new Refusal(422, 'refused', 'the path is not valid')
  }
}

function found<T>(value: T | undefined, detail: string): T {
  if (value === undefined) throw new Refusal(404, 'not-found', detail)
  return value
}

function benchName(name: string): string {
  if (!isBenchName(name)) throw new Refusal(422, 'refused', `${JSON.stringify(name.slice(0, 50))} is not a bench name`)
  return name
}

function queryOf(url: URL): LogQuery {
  const query = logQuery.safeParse(Object.fromEntries(url.searchParams))
  if (!query.success) throw new Refusal(422, 'refused', z.prettifyError(query.error))
  return query.data
}

async function bodyOf(request: IncomingMessage): Promise<BenchBody> {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  // Without setEncoding() a request yields buffers.
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > maxBodyBytes) throw new Refusal(413, 'refused', 'the request is too large')
    chunks.push(chunk)
  }
  let parsed: unknown
  try {
    parsed = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw new Refusal(400, 'refused', 'the request is not JSON')
  }
  const body = benchBody.safeParse(parsed)
  if (!body.success) throw new Refusal(422, 'refused', z.prettifyError(body.error))
  return body.data
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.headersSent || response.destroyed) return
  const payload = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': payload.length })
  response.end(payload)
}
