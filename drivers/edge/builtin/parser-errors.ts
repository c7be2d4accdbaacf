/** What Node's parser refuses. There is no request then, so the answer is written to the socket by hand, and the connection closed. */
import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { edgeAnswer } from './pages.ts'
import type { EdgeProblemCode } from './problems.ts'
import { writeAnswer } from './websocket.ts'

/** The other side may never read or close. */
const CLOSE_WITHIN_MS = 2_000

export class ParserErrors {
  /** By connection, the answers that are not written yet: ours must not be put into the middle of one. */
  readonly #unfinished = new WeakMap<Duplex, Set<ServerResponse>>()

  note(response: ServerResponse): void {
    const { socket } = response
    if (!socket) return
    const responses = this.#unfinished.get(socket) ?? new Set()
    this.#unfinished.set(socket, responses.add(response))
    response.once('close', () => responses.delete(response))
  }

  answer(error: Error & { code?: string }, socket: Duplex, requestId: string): void {
    const responses = [...(this.#unfinished.get(socket) ?? [])]
    const isAnswering = responses.length > 1 || responses.some((response) => response.headersSent)
    if (!socket.writable || error.code === 'ECONNRESET' || isAnswering) {
      socket.destroy()
      return
    }
    // Nothing is known of what the client would like to read: programs make such requests, browsers do not.
    writeAnswer(socket, edgeAnswer({ headers: { accept: 'application/json' }, url: '' }, codeOf(error), requestId))
    const timer = setTimeout(() => socket.destroy(), CLOSE_WITHIN_MS)
    socket.once('close', () => clearTimeout(timer))
  }
}

function codeOf(error: { code?: string }): EdgeProblemCode {
  if (error.code === 'HPE_HEADER_OVERFLOW') return 'edge-headers-too-large'
  return error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 'edge-request-too-slow' : 'edge-request-malformed'
}
