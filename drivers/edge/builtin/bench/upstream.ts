/** What the candidates stand in front of: JSON, a large body, an endless stream, a stream that breaks off, a websocket that echoes. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener } from 'node:http'
import type { Duplex } from 'node:stream'

const small = JSON.stringify({
  items: Array.from({ length: 10 }, (_, index) => ({
    id: index,
    name: `product ${index}`,
    price: { amount: '12.34', currency: 'EUR' },
  })),
})
const large = Buffer.alloc(1_000_000, 'x')
let endless = 0

export const answer: RequestListener = (request, response) => {
  if (request.url === '/large') {
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': large.length }).end(large)
  } else if (request.url === '/endless') {
    endless++
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    const timer = setInterval(() => response.write('data: tick\n\n'), 20)
    response.on('close', () => {
      clearInterval(timer)
      endless--
    })
  } else if (request.url === '/endless-count') {
    response.end(String(endless))
  } else if (request.url === '/broken') {
    response.writeHead(200, { 'content-type': 'text/plain' }).write('part')
    setTimeout(() => response.destroy(), 50)
  } else if (request.method === 'POST') {
    let sizeBytes = 0
    request.on('data', (chunk: Buffer) => (sizeBytes += chunk.length))
    request.on('end', () => response.end(String(sizeBytes)))
  } else {
    response
      .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(small) })
      .end(small)
  }
}

/** Accepts, then sends back the bytes it gets. */
export function echoUpgrade(request: IncomingMessage, socket: Duplex): void {
  const accept = createHash('sha1')
    .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64')
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
  )
  socket.on('error', () => socket.destroy())
  socket.pipe(socket)
}
