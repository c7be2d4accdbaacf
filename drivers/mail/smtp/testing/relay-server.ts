// A real SMTP server on loopback, with the moods of relays: what it says to whom, when it says nothing, when it hangs up.
import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'
import PostalMime from 'postal-mime'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { ArrivedMail } from '../../conformance.ts'

export interface RelayServer {
  port: number
  /** Messages as they came, oldest first. */
  raw: Buffer[]
  envelopes: { from: string; to: string[]; secure: boolean; user: string | undefined }[]
  /** Sockets that are open now. */
  connections(): number
  arrived(): Promise<ArrivedMail[]>
  /** Ends every connection without a word, as a restart of the relay does. */
  hangUp(): void
  close(): Promise<void>
}

export const relayUser = 'platen'
export const relayPassword = 'correct horse + / battery'

export async function relayServer(options: SMTPServerOptions = {}): Promise<RelayServer> {
  const raw: Buffer[] = []
  const envelopes: RelayServer['envelopes'] = []
  const sockets = new Set<Socket>()
  const server = new SMTPServer({
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    // Its built-in certificate is nobody's: STARTTLS only with one of ours.
    hideSTARTTLS: options.key === undefined,
    onAuth({ username, password }, _session, callback) {
      if (username === relayUser && password === relayPassword) callback(null, { user: username })
      else callback(Object.assign(new Error(`wrong password ${password}`), { responseCode: 535 }))
    },
    onData(stream, session, callback) {
      void buffer(stream).then((content) => {
        if (stream.sizeExceeded) return callback(Object.assign(new Error('too large'), { responseCode: 552 }))
        raw.push(content)
        const { mailFrom, rcptTo } = session.envelope
        const user: unknown = session.user
        envelopes.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: typeof user === 'string' ? user : undefined,
        })
        callback(null, 'kept')
      })
    },
    ...options,
  })
  server.on('error', () => {})
  server.server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  return {
    port: (server.server.address() as AddressInfo).port, // listens on TCP
    raw,
    envelopes,
    connections: () => sockets.size,
    arrived: () => Promise.all(raw.map(readMail)),
    hangUp: () => sockets.forEach((socket) => socket.resetAndDestroy()),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** A listener that never speaks SMTP; `onConnection` says what it does instead. */
export async function rawListener(
  onConnection: (socket: Socket) => void,
): Promise<{ port: number; close(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    onConnection(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port, // listens on TCP
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function readMail(raw: Buffer): Promise<ArrivedMail> {
  const mail = await PostalMime.parse(raw)
  const header = (name: string): string => mail.headers.find(({ key }) => key === name)?.value ?? ''
  const html = mail.html?.replace(/\r?\n$/, '')
  return {
    to: mail.to?.map(({ address }) => address ?? '').join() ?? '',
    subject: mail.subject ?? '',
    // In a multipart the parser adds the line break that belongs to the boundary.
    text: mail.text?.replaceAll('\r\n', '\n').replace(/\n+$/, '\n') ?? '',
    messageId: mail.messageId?.replaceAll(/[<>]/g, '') ?? '',
    tag: header('x-platen-tag'),
    ...(html === undefined ? {} : { html }),
  }
}
