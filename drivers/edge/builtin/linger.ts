/**
 * The end of a connection whose client is still sending when it has its answer. Closing at once makes the kernel send a reset, which
 * takes the answer away from a client that has not read it yet; keeping the connection means reading a body that nobody wants.
 * So: our half is closed, what still arrives is thrown away for a while, then the connection is cut.
 */
import type { IncomingMessage } from 'node:http'

/** Three times the largest body that anything behind the edge takes (pictures, 10 MiB). */
const LINGER_BYTES = 32 * 1024 * 1024
const LINGER_MS = 10_000

/**
 * To be called right before the head of an answer is written.
 * @returns headers to add: `connection: close` when the request has not arrived as a whole.
 */
export function headersOfEnd(request: IncomingMessage): { connection?: 'close' } {
  if (request.complete) return {}
  const { socket } = request
  const destroySoon = socket.destroySoon.bind(socket)
  let isLingering = false
  // What Node calls on a connection after its last answer. It may be called twice, by us for a client that is too slow.
  socket.destroySoon = () => {
    if (request.complete) return destroySoon()
    if (!isLingering) linger(request)
    isLingering = true
  }
  return { connection: 'close' }
}

function linger(request: IncomingMessage): void {
  const { socket } = request
  const endBytes = socket.bytesRead + LINGER_BYTES
  const cut = (): void => void socket.destroy()
  const timer = setTimeout(cut, LINGER_MS)
  socket.once('close', () => clearTimeout(timer))
  // Before another request of this connection can be read: it would be done, and never answered.
  request.once('end', cut)
  request.on('data', () => socket.bytesRead > endBytes && cut())
  socket.end()
  request.resume()
}
