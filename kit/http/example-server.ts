/** A server with one route of each kind, for the tests of this folder. */
import { mkdtemp, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { createLogger } from '../logging/index.ts'
import { kitProblems } from '../problems/index.ts'
import { createHttpServer, listenOnSocket } from './index.ts'
import type { HttpServer, HttpServerOptions } from './index.ts'

export interface ExampleServer {
  readonly app: HttpServer
  readonly socketPath: string
  /** Log events so far, parsed. */
  readonly events: Record<string, unknown>[]
  close(): Promise<void>
}

const publicConfig = { policy: { kind: 'public', reason: 'test' } } as const
const thingBody = z.strictObject({
  name: z.string().min(1).max(40),
  role: z.enum(['reader', 'admin']).optional(),
  parts: z.array(z.strictObject({ sku: z.string(), quantity: z.int().min(1) })).max(5).optional(),
}) // prettier-ignore

/** Listens on a socket in its own directory. Routes need `Authorization: Bearer good`; things may be read with any other token. */
export async function exampleServer(
  options: Partial<HttpServerOptions> = {},
  addRoutes: (app: HttpServer) => Promise<void> | void = addExampleRoutes,
): Promise<ExampleServer> {
  const { app, events } = await exampleApp(options, addRoutes)
  const directory = await mkdtemp(join(tmpdir(), 'kit-http-'))
  const socketPath = join(directory, 's')
  await listenOnSocket(app, socketPath)
  const close = async (): Promise<void> => {
    await app.shutdown({ drainMs: 500 })
    await rm(directory, { recursive: true, force: true })
  }
  return { app, socketPath, events, close }
}

/** The same without a socket. */
export async function exampleApp(
  options: Partial<HttpServerOptions> = {},
  addRoutes: (app: HttpServer) => Promise<void> | void = addExampleRoutes,
): Promise<Pick<ExampleServer, 'app' | 'events'>> {
  const events: Record<string, unknown>[] = []
  // One write is one event, see logging; JSON.parse fails the test if it is not.
  const destination = { write: (line: string) => void events.push(JSON.parse(line) as Record<string, unknown>) }
  const app = await createHttpServer({
    name: 'example',
    version: '1.2.3',
    logger: createLogger({ name: 'example', level: 'debug', destination }),
    authorize: async (request, policy) => {
      if (policy.kind === 'public') return
      if (request.headers.authorization === undefined) throw kitProblems.problem('credentials-missing', 'Sign in.')
      if (request.headers.authorization !== 'Bearer good') throw kitProblems.problem('forbidden', 'You may not.')
    },
    openapi: { title: 'Example', description: 'For tests.' },
    ready: async () => ({ ok: true, checks: {} }),
    ...options,
  })
  await addRoutes(app)
  return { app, events }
}

export function addExampleRoutes(app: HttpServer): void {
  const permission = { policy: { kind: 'permission', permission: 'things.write' }, problems: ['conflict'] } as const
  const thing = z.object({ id: z.string(), name: z.string() })
  const schema = { params: z.strictObject({ id: z.uuid() }), body: thingBody, response: { 200: thing } }
  app.put('/api/v1/things/:id', { config: permission, schema }, async (request) => {
    // secretNote is not in the response schema, so it must not arrive.
    return { id: request.params.id, name: request.body.name, secretNote: 'internal' }
  })
  const query = z.strictObject({ limit: z.coerce.number().int().max(10).optional() })
  app.get('/api/v1/things', { config: publicConfig, schema: { querystring: query } }, async (request) => ({
    limit: request.query.limit ?? 5,
  }))
  app.get('/api/v1/broken', { config: publicConfig }, async () => {
    throw new Error('password=hunter2', { cause: new Error('the root of it') })
  })
  app.get('/api/v1/down', { config: publicConfig }, async () => {
    throw new Error('no database', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) })
  })
  app.get(
    '/api/v1/lies',
    { config: publicConfig, schema: { response: { 200: thing } } },
    // A lie on purpose.
    async () => JSON.parse('{"id":1}') as { id: string; name: string },
  )
  const strict = z.strictObject({ id: z.string() })
  app.get('/api/v1/chatty', { config: publicConfig, schema: { response: { 200: strict } } }, async () => ({
    id: 'x',
    hash: 'argon2',
  }))
  app.get('/api/v1/who', { config: publicConfig }, async (request) => ({
    ip: request.ip,
    host: request.host,
    protocol: request.protocol,
  }))
  app.post('/api/v1/sessions', { config: { ...publicConfig, sameOrigin: true } }, async () => ({ ok: true }))
}

/** Writes bytes to the socket and gives back all that comes until the other side closes. */
export function exchange(socketPath: string, bytes: string | Buffer, timeoutMs = 10_000): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  let answer = ''
  const socket = connect(socketPath, () => socket.write(bytes))
  const timer = setTimeout(
    () => socket.destroy(new Error(`still open after ${timeoutMs} ms, so far: ${answer}`)),
    timeoutMs,
  )
  socket.setEncoding('utf8')
  socket.on('data', (chunk: string) => (answer += chunk))
  socket.on('error', reject)
  socket.on('close', () => {
    clearTimeout(timer)
    resolve(answer)
  })
  return promise
}

export interface RawAnswer {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body: string
}

/** The first answer in the text of a connection. */
export function parseAnswer(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 2)]),
  )
  return { status: Number(statusLine.split(' ')[1]), headers, body: rest.join('\r\n\r\n') }
}
