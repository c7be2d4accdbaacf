/** The wire: a pool of SMTP connections by nodemailer, and its errors as DriverErrors without a word of the credentials. */
import { createTransport } from 'nodemailer'
import { DriverError, isDriverError, type DriverErrorKind } from '../../errors/index.ts'
import type { Mail } from '../contract.ts'
import type { SmtpRelay } from './relay.ts'

export interface SmtpTimeouts {
  /** For DNS and TCP, and TLS where it comes first. */
  connectMs: number
  greetingMs: number
  /** Of silence within a session. */
  silenceMs: number
  /** For a whole send or check, however the relay trickles. */
  callMs: number
}

export const defaultTimeouts: SmtpTimeouts = {
  connectMs: 10_000,
  greetingMs: 10_000,
  silenceMs: 20_000,
  callMs: 30_000,
}

export interface SmtpClient {
  /** Hands over one mail. @throws DriverError */
  deliver(mail: Mail, signal: AbortSignal): Promise<void>
  /** Connects, negotiates TLS and signs in, sends nothing. @throws DriverError */
  verify(signal: AbortSignal): Promise<void>
  /** Ends connections that are idle now; those in use when they become so. With `force` all. */
  end(force: boolean): void
}

export interface SmtpClientOptions {
  relay: SmtpRelay
  from: string
  timeouts: SmtpTimeouts
  /** Trusted instead of the well-known authorities, PEM. */
  authorityPem?: string
  maxConnections?: number
}

export function createSmtpClient(options: SmtpClientOptions): SmtpClient {
  const { relay, from } = options
  const transport = createTransport(poolOptions(options))
  // Every send reports its own failure; this event is the same one again, and without a listener it would end the process.
  transport.on('error', () => {})
  return {
    async deliver(mail, signal) {
      try {
        await transport.sendMail({
          from,
          to: mail.to,
          subject: mail.subject,
          text: mail.text,
          ...(mail.html === undefined ? {} : { html: mail.html }),
          messageId: `<${mail.messageId}>`,
          // Auto-Submitted keeps out-of-office robots from answering (RFC 3834).
          headers: { 'X-Platen-Tag': mail.tag, 'Auto-Submitted': 'auto-generated' },
          disableFileAccess: true,
          disableUrlAccess: true,
          signal,
        })
      } catch (error) {
        throw asDriverError(`sending mail ${mail.messageId} through ${relay.host}`, error, relay)
      }
    },
    async verify(signal) {
      try {
        await untilAborted(transport.verify(), signal)
      } catch (error) {
        throw asDriverError(`signing in to ${relay.host}`, error, relay)
      }
    },
    end: (force) => transport.close({ force }),
  }
}

function poolOptions({ relay, timeouts, authorityPem, maxConnections = 2 }: SmtpClientOptions) {
  const { host, port, encryption, user, password } = relay
  return {
    pool: true as const,
    host,
    port,
    secure: encryption === 'tls',
    // Without this a man in the middle strips STARTTLS from the greeting and reads the password.
    requireTLS: encryption === 'starttls',
    ignoreTLS: encryption === 'none',
    ...(user === undefined ? {} : { auth: { user, pass: password?.expose() ?? '' } }),
    ...(authorityPem === undefined ? {} : { tls: { ca: authorityPem } }),
    maxConnections,
    // A relay that closed an idle connection costs one more connection, not one mail; never a mail of which a byte was sent.
    maxRequeues: 1,
    idleTimeout: 30_000,
    connectionTimeout: timeouts.connectMs,
    dnsTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    socketCloseTimeout: 1_000,
    logger: false,
    debug: false,
  }
}

interface WireError {
  message: string
  code: string
  responseCode: number | undefined
}

/** What went wrong as one of the closed set. The original is not kept as cause: it carries the options, which hold the password. */
function asDriverError(attempting: string, error: unknown, relay: SmtpRelay): DriverError {
  if (isDriverError(error)) return error
  const wire = wireError(error)
  const status = wire.responseCode === undefined ? '' : ` (${wire.responseCode})`
  return new DriverError(kindOf(wire), redacted(`${attempting} failed${status}: ${wire.message}`, relay), {
    cause: { code: wire.code, responseCode: wire.responseCode },
  })
}

function kindOf({ code, responseCode = 0 }: WireError): DriverErrorKind {
  // 454 is an authentication server that is down: later it may know us again.
  if (responseCode >= 400 && responseCode < 500) return 'unavailable'
  if (code === 'EAUTH' || code === 'ENOAUTH' || responseCode === 530 || responseCode === 535) return 'unauthorized'
  if (responseCode >= 500) return 'refused'
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return 'refused'
  if (code === 'EPROTOCOL') return 'protocol'
  return 'unavailable'
}

function wireError(error: unknown): WireError {
  if (!(error instanceof Error)) return { message: String(error), code: '', responseCode: undefined }
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown } // looked at before use
  return {
    message: error.message,
    code: typeof code === 'string' ? code : '',
    responseCode: typeof responseCode === 'number' ? responseCode : undefined,
  }
}

/** Relays repeat what they were told; what they were told includes the password, plain or in base64. */
function redacted(message: string, { user = '', password }: SmtpRelay): string {
  const plain = password?.expose() ?? ''
  if (plain === '') return message
  const base64 = (text: string): string => Buffer.from(text).toString('base64')
  const forms = [base64(`\0${user}\0${plain}`), base64(plain), encodeURIComponent(plain), plain]
  return forms.reduce((text, form) => text.replaceAll(form, '[redacted]'), message)
}

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const aborted = Promise.withResolvers<never>()
  const abort = (): void =>
    aborted.reject(new DriverError('unavailable', 'no answer in time', { cause: signal.reason }))
  if (signal.aborted) abort()
  signal.addEventListener('abort', abort, { once: true })
  return Promise.race([work, aborted.promise]).finally(() => signal.removeEventListener('abort', abort))
}
