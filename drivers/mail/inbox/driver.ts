import { DriverError, throwIfAborted } from '../../errors/index.ts'
import type { CallOptions, Mail, Mailer, MailerDescription, SendResult } from '../contract.ts'
import { fingerprintOf, otherMailOfThatId, requireAddress, requireMail } from '../mail-rules.ts'
import {
  createMailFile,
  isMailId,
  listFiles,
  mailIdOf,
  probeDirectory,
  readMailFile,
  removeLeftovers,
  removeMailFile,
  type StoredFile,
} from './files.ts'

export interface InboxOptions {
  /** Made when the first mail comes, 0700. */
  directory: string
  /** Address that mails claim to come from. */
  from: string
  /** Default 500: the oldest go when there are more. */
  maxMails?: number
  /** Default 50 MB: the oldest go when they are larger together. */
  maxBytes?: number
  now?: () => Date
}

/** A mail in the inbox. `html` is as it was written: show it without scripts. */
export interface InboxMail extends Mail {
  /** Name within the inbox, hexadecimal. */
  id: string
  from: string
  receivedAt: Date
}

export interface InboxMailSummary extends Omit<InboxMail, 'text' | 'html'> {
  sizeBytes: number
}

/** Keeps mails where the console shows them: for platforms without a relay, and for trying things. */
export class InboxMailer implements Mailer {
  readonly #directory: string
  readonly #from: string
  readonly #maxMails: number
  readonly #maxBytes: number
  readonly #now: () => Date
  #isClosed = false

  constructor(options: InboxOptions) {
    this.#directory = options.directory
    this.#from = requireAddress('sender', options.from)
    this.#maxMails = options.maxMails ?? 500
    this.#maxBytes = options.maxBytes ?? 50_000_000
    this.#now = options.now ?? (() => new Date())
  }

  async send(mail: Mail, options: CallOptions = {}): Promise<SendResult> {
    throwIfAborted(options.signal, 'keeping a mail')
    if (this.#isClosed) throw new DriverError('unavailable', 'the mailer is closed')
    const checked = requireMail(mail)
    const { messageId } = checked
    const id = mailIdOf(messageId)
    const stored: StoredFile = { ...checked, from: this.#from, receivedAt: this.#now().toISOString() }
    if (await createMailFile(this.#directory, id, stored)) {
      await this.#prune(id)
      return { accepted: 'now', messageId }
    }
    const earlier = await readMailFile(this.#directory, id)
    if (earlier && fingerprintOf(asMail(earlier)) !== fingerprintOf(checked)) throw otherMailOfThatId(messageId)
    return { accepted: 'before', messageId }
  }

  /** Newest first, without bodies; damaged files are left out. @param options.after continue behind the mail of this id. */
  async list(
    options: CallOptions & { limit?: number; after?: string } = {},
  ): Promise<{ items: InboxMailSummary[]; total: number }> {
    throwIfAborted(options.signal, 'listing the inbox')
    const files = await listFiles(this.#directory)
    const start = options.after === undefined ? 0 : files.findIndex(({ id }) => id === options.after) + 1
    const items: InboxMailSummary[] = []
    for (const { id, sizeBytes } of files.slice(start, start + (options.limit ?? 50))) {
      const mail = await readMailFile(this.#directory, id).catch(() => undefined)
      if (mail === undefined) continue
      const { to, from, subject, messageId, tag } = mail
      items.push({ id, to, from, subject, messageId, tag, receivedAt: new Date(mail.receivedAt), sizeBytes })
    }
    return { items, total: files.length }
  }

  /** @throws DriverError `not-found`, also for what is no id. */
  async read(id: string, options: CallOptions = {}): Promise<InboxMail> {
    throwIfAborted(options.signal, 'reading a mail')
    const mail = isMailId(id) ? await readMailFile(this.#directory, id) : undefined
    if (mail === undefined) throw new DriverError('not-found', 'there is no such mail in the inbox')
    return { id, ...asMail(mail), from: mail.from, receivedAt: new Date(mail.receivedAt) }
  }

  /** Removing the absent succeeds. A mail that is sent again afterwards is there again. */
  async remove(id: string, options: CallOptions = {}): Promise<void> {
    throwIfAborted(options.signal, 'removing a mail')
    if (isMailId(id)) await removeMailFile(this.#directory, id)
  }

  async describe(options: CallOptions = {}): Promise<MailerDescription> {
    throwIfAborted(options.signal, 'counting the inbox')
    const files = await listFiles(this.#directory)
    return { vendor: 'inbox', from: this.#from, target: 'the inbox in the console', stored: files.length }
  }

  async check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    try {
      throwIfAborted(options.signal, 'checking the inbox')
      await probeDirectory(this.#directory)
      return { ok: true, detail: 'mails are kept in the inbox of the console and go to nobody' }
    } catch (error) {
      return { ok: false, detail: `${this.#directory}: ${error instanceof Error ? error.message : String(error)}` }
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }

  /** Drops the oldest until both bounds hold, never the mail that has just come. */
  async #prune(newest: string): Promise<void> {
    await removeLeftovers(this.#directory, this.#now().getTime())
    let bytes = 0
    for (const [position, { id, sizeBytes }] of (await listFiles(this.#directory)).entries()) {
      bytes += sizeBytes
      const isTooMuch = position >= this.#maxMails || bytes > this.#maxBytes
      if (isTooMuch && id !== newest) await removeMailFile(this.#directory, id)
    }
  }
}

/** The parts that were sent; `html` is absent rather than undefined. */
function asMail({ to, subject, text, html, messageId, tag }: StoredFile): Mail {
  return { to, subject, text, messageId, tag, ...(html === undefined ? {} : { html }) }
}
