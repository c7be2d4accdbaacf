import { DriverError, throwIfAborted } from '../../errors/index.ts'
import type { CallOptions, Mail, Mailer, MailerDescription, SendResult } from '../contract.ts'
import { fingerprintOf, otherMailOfThatId, requireAddress, requireMail } from '../mail-rules.ts'
import { createSmtpClient, defaultTimeouts, type SmtpClient, type SmtpTimeouts } from './client.ts'
import type { SmtpRelay } from './relay.ts'

const REMEMBERED_MAILS = 10_000

export interface SmtpMailerOptions {
  relay: SmtpRelay
  /** Address in From and in the envelope. */
  from: string
  timeouts?: Partial<SmtpTimeouts>
  /** PEM of the authorities to trust instead of the well-known ones. */
  authorityPem?: string
  /** Default 2. */
  maxConnections?: number
}

interface Sending {
  fingerprint: string
  done: Promise<void>
}

/** Hands mails to a relay. Nothing is repeated in here: SMTP cannot tell whether a lost answer was a yes, the caller decides. */
export class SmtpMailer implements Mailer {
  readonly #relay: SmtpRelay
  readonly #from: string
  readonly #client: SmtpClient
  readonly #timeouts: SmtpTimeouts
  /** Mails on their way or accepted, by message id, oldest first. */
  readonly #mails = new Map<string, Sending>()
  readonly #running = new Set<Promise<void>>()
  #isClosed = false

  constructor(options: SmtpMailerOptions) {
    const { relay, authorityPem, maxConnections } = options
    this.#relay = relay
    this.#from = requireAddress('sender', options.from)
    this.#timeouts = { ...defaultTimeouts, ...options.timeouts }
    this.#client = createSmtpClient({
      relay,
      from: this.#from,
      timeouts: this.#timeouts,
      ...(authorityPem === undefined ? {} : { authorityPem }),
      ...(maxConnections === undefined ? {} : { maxConnections }),
    })
  }

  async send(mail: Mail, options: CallOptions = {}): Promise<SendResult> {
    throwIfAborted(options.signal, 'sending a mail')
    if (this.#isClosed) throw new DriverError('unavailable', 'the mailer is closed')
    const checked = requireMail(mail)
    const { messageId } = checked
    const fingerprint = fingerprintOf(checked)
    const earlier = this.#mails.get(messageId)
    if (earlier !== undefined) {
      if (earlier.fingerprint !== fingerprint) throw otherMailOfThatId(messageId)
      await earlier.done
      return { accepted: 'before', messageId }
    }
    const done = this.#deliver(checked, options)
    this.#remember(messageId, { fingerprint, done })
    await done
    return { accepted: 'now', messageId }
  }

  async describe(options: CallOptions = {}): Promise<MailerDescription> {
    throwIfAborted(options.signal, 'describing the mailer')
    const { host, port, encryption } = this.#relay
    const protection = { tls: 'TLS', starttls: 'STARTTLS', none: 'no encryption' }[encryption]
    return { vendor: 'smtp', from: this.#from, target: `${host}:${port} with ${protection}`, stored: null }
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    try {
      throwIfAborted(options.signal, 'checking the relay')
      if (this.#isClosed) throw new DriverError('unavailable', 'the mailer is closed')
      await this.#client.verify(this.#limited(options))
      return { ok: true, detail: `${this.#relay.host} accepts us` }
    } catch (error) {
      return { ok: false, detail: error instanceof Error ? error.message : String(error) }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    // Bounded: every send has a time-out.
    await Promise.allSettled(this.#running)
    this.#client.end(true)
  }

  #deliver(mail: Mail, options: CallOptions): Promise<void> {
    const delivery = this.#client.deliver(mail, this.#limited(options)).catch((error: unknown) => {
      // Not accepted, or nobody knows: the next send tries again.
      this.#mails.delete(mail.messageId)
      throw error
    })
    this.#running.add(delivery)
    const forget = (): void => void this.#running.delete(delivery)
    delivery.then(forget, forget)
    return delivery
  }

  #remember(messageId: string, sending: Sending): void {
    this.#mails.set(messageId, sending)
    const [oldest] = this.#mails.keys()
    if (this.#mails.size > REMEMBERED_MAILS && oldest !== undefined) this.#mails.delete(oldest)
  }

  #limited({ signal }: CallOptions): AbortSignal {
    const deadline = AbortSignal.timeout(this.#timeouts.callMs)
    return signal === undefined ? deadline : AbortSignal.any([signal, deadline])
  }
}
