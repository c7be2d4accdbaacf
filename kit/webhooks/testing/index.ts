import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  body: string
}

/** A receiver of webhooks on loopback. */
export interface Receiver {
  /** `http://127.0.0.1:<port>` */
  url: string
  /** What came, oldest first. */
  received: Received[]
  /** How it answers from now on; 204 unless told otherwise. */
  answer: (response: ServerResponse, request: Received) => void
  close(): Promise<void>
}

export async function openReceiver(): Promise<Receiver> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const came = { path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() }
      receiver.received.push(came)
      receiver.answer(response, came)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const receiver: Receiver = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, // listens on TCP
    received: [],
    answer: (response) => void response.writeHead(204).end(),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}
