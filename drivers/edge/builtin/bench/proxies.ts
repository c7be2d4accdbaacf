/** The candidates: each turns a request and a unix socket into an answer. Only what a proxy needs at least, to compare like with like. */
import { Agent, request as httpRequest, ServerResponse, type IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

export interface Candidate {
  web(request: IncomingMessage, response: ServerResponse): void
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

const keepAlive = (): Agent => new Agent({ keepAlive: true, maxSockets: 256 })

export async function candidate(name: string, socketPath: string): Promise<Candidate> {
  switch (name) {
    case 'node:http pipe':
      return nodePipe(socketPath)
    case 'http-proxy-3': {
      const { createProxyServer } = await import('http-proxy-3')
      const proxy = createProxyServer({
        target: { socketPath, host: 'upstream', port: 80 },
        agent: keepAlive(),
        xfwd: true,
      })
      proxy.on('error', (_error, _request, outgoing) => fail(outgoing))
      return {
        web: (request, response) => proxy.web(request, response),
        upgrade: (request, socket, head) => proxy.ws(request, socket, head),
      }
    }
    case 'httpxy': {
      const { createProxyServer } = await import('httpxy')
      const proxy = createProxyServer({ target: { socketPath }, agent: keepAlive(), xfwd: true })
      proxy.on('error', (_error, _request, outgoing) => fail(outgoing))
      return {
        web: (request, response) => void proxy.web(request, response),
        upgrade: (request, socket, head) => void proxy.ws(request, socket as Socket, {}, head) /* of a TLS server */,
      }
    }
    case 'undici':
      return undiciStream(socketPath)
    default:
      throw new Error(`unknown candidate ${name}`)
  }
}

function fail(outgoing: unknown): void {
  if (outgoing instanceof ServerResponse && !outgoing.headersSent) outgoing.writeHead(502).end()
  else if (outgoing instanceof Socket || outgoing instanceof ServerResponse) outgoing.destroy()
}

function nodePipe(socketPath: string): Candidate {
  const agent = keepAlive()
  return {
    web(request, response) {
      const upstream = httpRequest(
        { socketPath, agent, method: request.method, path: request.url, headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
          answer.pipe(response)
          answer.on('error', () => response.destroy())
        },
      )
      upstream.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
      response.on('close', () => upstream.destroy())
      request.pipe(upstream)
    },
  }
}

async function undiciStream(socketPath: string): Promise<Candidate> {
  const { Pool } = await import('undici')
  const pool = new Pool('http://upstream', { socketPath, connections: 256, pipelining: 1 })
  return {
    web(request, response) {
      const abort = new AbortController()
      response.on('close', () => abort.abort())
      const { connection: _connection, expect: _expect, 'transfer-encoding': _encoding, ...headers } = request.headers
      const hasBody =
        request.headers['content-length'] !== undefined || request.headers['transfer-encoding'] !== undefined
      pool
        .stream(
          {
            path: request.url ?? '/',
            method: request.method ?? 'GET',
            headers,
            body: hasBody ? request : null,
            signal: abort.signal,
          },
          (answer) => {
            response.writeHead(answer.statusCode, withoutUndefined(answer.headers))
            return response
          },
        )
        .catch(() => (response.headersSent ? response.destroy() : response.writeHead(502).end()))
    },
  }
}

function withoutUndefined(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).filter((entry): entry is [string, string | string[]] => entry[1] !== undefined),
  )
}
