import { readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { request } from 'node:https'
import { consoleHost, consoleUrl, hostUrl, type PlatformSettings } from '@platen/kit/config'
import { dataPaths } from '@platen/kit/names'
import { CommandFailure, exitCodes } from './failures.ts'

const timeoutMs = 30_000

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below /api/v1, or `/ready`. */
  path: string
  body?: unknown
  accessToken?: string
  cookie?: string
  /** A site's; default the console's. */
  host?: string
  headers?: Record<string, string>
}

export interface Answer {
  status: number
  body: unknown
  cookies: string[]
}

/** The HTTP API of this machine's console. The edge is dialled by address with the console's name in SNI: no resolver, no proxy. */
export interface Client {
  call(call: Call): Promise<Answer>
  /** The stream of a route that answers with server-sent events: the data of each event. */
  follow(call: Call): AsyncIterable<unknown>
  /** What the answer holds, as it comes. */
  download(call: Call): AsyncIterable<Buffer>
}

export function createClient(platform: PlatformSettings): Client {
  return {
    async call(call) {
      const response = await open(platform, call)
      const chunks: Buffer[] = []
      for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk) // no encoding is set: buffers
      const text = Buffer.concat(chunks).toString('utf8')
      const body = parse(text)
      const status = response.statusCode ?? 0
      if (status >= 400 && call.path !== '/ready') throw asFailure(status, body)
      return { status, body, cookies: response.headers['set-cookie'] ?? [] }
    },
    async *download(call) {
      const response = await open(platform, call)
      // No encoding is set: buffers.
      const chunks = response as AsyncIterable<Buffer>
      if (response.statusCode === 200) {
        yield* chunks
        return
      }
      const refused: Buffer[] = []
      for await (const chunk of chunks) refused.push(chunk)
      throw asFailure(response.statusCode ?? 0, parse(Buffer.concat(refused).toString('utf8')))
    },
    async *follow(call) {
      const response = await open(platform, { ...call, headers: { accept: 'text/event-stream' } })
      if (response.statusCode !== 200)
        throw new CommandFailure(exitCodes.refused, `The stream answered ${response.statusCode}.`)
      let pending = ''
      // no encoding is set, so the stream gives buffers
      for await (const chunk of response as AsyncIterable<Buffer>) {
        pending += chunk.toString('utf8')
        const events = pending.split('\n\n')
        pending = events.pop() ?? ''
        for (const event of events) {
          const data = event
            .split('\n')
            .filter((line) => line.startsWith('data:'))
            .map((line) => line.slice(5).trimStart())
          if (data.length > 0) yield parse(data.join('\n'))
        }
      }
    },
  }
}

async function open(platform: PlatformSettings, call: Call): Promise<IncomingMessage> {
  const ca = await readFile(dataPaths(platform.dataDirectory).authority.certificate, 'utf8').catch(() => undefined)
  const body = call.body === undefined ? undefined : JSON.stringify(call.body)
  const host = call.host ?? consoleHost(platform)
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: dialAddress(platform.bind),
        port: platform.httpsPort,
        servername: host,
        method: call.method,
        path: call.path === '/ready' ? call.path : `/api/v1${call.path}`,
        agent: false,
        timeout: timeoutMs,
        headers: {
          host: platform.httpsPort === 443 ? host : `${host}:${platform.httpsPort}`,
          origin: call.host === undefined ? consoleUrl(platform) : hostUrl(platform, host),
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(call.accessToken === undefined ? {} : { authorization: `Bearer ${call.accessToken}` }),
          ...(call.cookie === undefined ? {} : { cookie: call.cookie }),
          ...call.headers,
        },
        ...(ca === undefined ? {} : { ca }),
      },
      resolve,
    )
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${timeoutMs / 1000} seconds`)))
    sent.on('error', (error) => reject(unreachable(platform, error)))
    sent.end(body)
  })
}

const dialAddress = (bind: string): string => (bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '::1' : bind)

function unreachable({ bind, httpsPort, dataDirectory }: PlatformSettings, error: Error): CommandFailure {
  return new CommandFailure(
    exitCodes.unreachable,
    `The platform does not answer at ${bind}:${httpsPort} (${error.message}). Start it with \`npm start\`; if it runs with other ` +
      `settings, give this command the same PLATEN_* variables. Its data directory would be ${dataDirectory}.`,
  )
}

function parse(text: string): unknown {
  try {
    // unknown is what it is: JSON.parse says any
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  errors?: { pointer: string; message: string }[]
}

function asFailure(status: number, body: unknown): CommandFailure {
  if (typeof body !== 'object' || body === null)
    return new CommandFailure(exitCodes.refused, `The platform answered ${status}.`)
  const problem: ProblemBody = body
  const places = (problem.errors ?? []).map(({ pointer, message }) => `\n  ${pointer}: ${message}`).join('')
  const message = `${problem.title ?? `The platform answered ${status}`}. ${problem.detail ?? ''}${places}`
  return new CommandFailure(status === 401 ? exitCodes.signedOut : exitCodes.refused, message, body)
}
