// Starts a whole platform for one story or benchmark: `supervisor/main.ts` with its own data directory and ports, as `npm start` does.
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { request, type RequestOptions } from 'node:https'
import { checkoutDirectory, consoleHost, siteHost } from '@platen/kit/config'
import { dataPaths } from '@platen/kit/names'
import { eventually } from '@platen/kit/testing'

const zone = 'platen.localhost'

export interface Answer<Body = unknown> {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  body: Body
}

export interface Call {
  method?: string
  path: string
  body?: unknown
  token?: string
  cookie?: string
  headers?: Record<string, string>
}

export interface RunningPlatform {
  dataDirectory: string
  httpsPort: number
  httpPort: number
  consoleUrl: string
  /** Milliseconds from the start of the process to the line that says it is ready. */
  readyMs: number
  supervisor: ChildProcess
  output(): string
  setupCode(): Promise<string>
  siteUrl(name: string): string
  /** A request through the edge to the console or to a site, certificate checked against the platform's own authority. */
  call<Body>(host: 'console' | string, call: Call): Promise<Answer<Body>>
  stop(signal?: NodeJS.Signals): Promise<void>
  remove(): Promise<void>
}

export interface StartOptions {
  /** An existing one, to start again on the same data. */
  dataDirectory?: string
  ports?: { https: number; http: number }
  env?: Record<string, string>
}

/** For measurements: one client asks for everybody. */
export const unlimited = { PLATEN_RATE_PER_IP: '0', PLATEN_RATE_PER_ACCOUNT: '0', PLATEN_RATE_PER_TENANT: '0' }

export async function startPlatform(options: StartOptions = {}): Promise<RunningPlatform> {
  const dataDirectory = options.dataDirectory ?? (await mkdtemp(join(tmpdir(), 'platen-e2e-')))
  const ports = options.ports ?? { https: await freePort(), http: await freePort() }
  const startedMs = performance.now()
  const supervisor = spawn(process.execPath, [join(checkoutDirectory, 'supervisor/main.ts')], {
    env: {
      ...process.env,
      PLATEN_DATA_DIR: dataDirectory,
      PLATEN_HTTPS_PORT: String(ports.https),
      PLATEN_HTTP_PORT: String(ports.http),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let printed = ''
  for (const stream of [supervisor.stdout, supervisor.stderr])
    stream?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  const outcome = await eventually(
    () => (/ready in/.test(printed) ? 'ready' : supervisor.exitCode === null ? undefined : 'ended'),
    { timeoutMs: 120_000, describe: 'the platform to be ready' },
  )
  if (outcome === 'ended') throw new Error(`the platform ended with code ${supervisor.exitCode}:\n${printed}`)
  const readyMs = performance.now() - startedMs
  return {
    dataDirectory,
    httpsPort: ports.https,
    httpPort: ports.http,
    consoleUrl: `https://${consoleHost({ zone })}:${ports.https}`,
    readyMs,
    supervisor,
    output: () => printed,
    setupCode: async () => (await readFile(dataPaths(dataDirectory).setupCode, 'utf8')).trim(),
    siteUrl: (name) => `https://${siteHost({ zone }, name)}:${ports.https}`,
    call: (name, call) => send(dataDirectory, ports.https, siteHost({ zone }, name), call),
    async stop(signal = 'SIGTERM') {
      if (supervisor.exitCode !== null || supervisor.signalCode !== null) return
      const ended = new Promise((resolve) => supervisor.once('exit', resolve))
      supervisor.kill(signal)
      await ended
    },
    remove: () => rm(dataDirectory, { recursive: true, force: true }),
  }
}

/** Claims the platform and answers an access token of its owner. */
export async function claim(
  platform: RunningPlatform,
  owner: { email: string; password: string; name: string },
): Promise<string> {
  const answer = await platform.call<{ accessToken: string }>('console', {
    method: 'POST',
    path: '/api/v1/setup',
    body: { ...owner, code: await platform.setupCode() },
  })
  if (answer.status !== 201) throw new Error(`claiming answered ${answer.status}: ${answer.text}`)
  return answer.body.accessToken
}

let authority: { directory: string; pem: string } | undefined

async function send<Body>(directory: string, port: number, host: string, call: Call): Promise<Answer<Body>> {
  if (authority?.directory !== directory) {
    authority = { directory, pem: await readFile(dataPaths(directory).authority.certificate, 'utf8') }
  }
  const { body } = call
  const isBinary = Buffer.isBuffer(body)
  const content = body === undefined ? undefined : isBinary ? body : JSON.stringify(body)
  const options: RequestOptions = {
    host: '127.0.0.1',
    port,
    servername: host,
    ca: authority.pem,
    agent: false,
    method: call.method ?? 'GET',
    path: call.path,
    headers: {
      host: `${host}:${port}`,
      origin: `https://${host}:${port}`,
      accept: 'application/json',
      ...(content === undefined || isBinary ? {} : { 'content-type': 'application/json' }),
      ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
      ...(call.cookie === undefined ? {} : { cookie: call.cookie }),
      ...call.headers,
    },
  }
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8')
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body: parse(text) as Body }) // the caller names what the route answers
      })
    })
    sent.on('error', reject)
    sent.end(content)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
