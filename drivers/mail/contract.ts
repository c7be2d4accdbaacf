/**
 * Mail from the platform to people: alerts to operators, invitations, password resets.
 *
 * What every vendor promises
 * - **Meaning of sent** `send` resolves when somebody who will keep the mail has taken it: the relay said 250, or the file is on disk.
 *   Whether a person reads it nobody knows.
 * - **Idempotency** By `messageId`. Sending the same mail again sends nothing and says `before`; another mail under the same id is
 *   `already-exists`. The inbox knows this as long as it keeps the mail. SMTP cannot ask its relay: it knows what this process has
 *   sent, and after a lost answer or a restart the relay may get the mail twice, with the same Message-ID, which mail stores fold
 *   into one. So: choose the id when the reason to write is recorded, not when sending.
 * - **Failure** Only DriverErrors. `refused`: bad address, header injection, too large, or the relay says 5xx; the same mail will never go.
 *   `unauthorized`: the relay does not take our credentials; an operator must act. `unavailable`: 4xx, no connection, no answer in time,
 *   a certificate that cannot be trusted; the outcome is unknown, send again later. `protocol`: an answer that is no SMTP.
 * - **Headers** Cannot be injected: control characters (CR and LF above all) in recipient, subject, id or tag are refused, never cleaned.
 * - **Concurrency** Any number of callers; two sends of one id at once are one mail.
 * - **Time** A default time-out of 30 s for all of it, however the relay dawdles; the caller's signal may end it earlier.
 */
export interface CallOptions {
  signal?: AbortSignal
}

export interface Mail {
  /** One address, `name@host`, no display name. The host may be international. */
  to: string
  /** One line of at most 500 characters. */
  subject: string
  /** Plain text, at most 256 KiB. */
  text: string
  /** The same content as HTML, at most 256 KiB. Whoever shows it does so in a frame without scripts. */
  html?: string
  /** `<unique>@<host>` without angle brackets: what makes it one mail however often it is sent. */
  messageId: string
  /** What it is about, lower-case words with dashes or colons (`alert:backup-missed`). In the header `X-Platen-Tag`. */
  tag: string
}

export interface SendResult {
  /** `now`: this call handed it over. `before`: an earlier call had. */
  accepted: 'now' | 'before'
  messageId: string
}

export interface MailerDescription {
  vendor: string
  /** Address in From. */
  from: string
  /** Where mails go, for people; never a password. */
  target: string
  /** Mails kept here, null for a vendor that passes them on. */
  stored: number | null
}

export interface Mailer {
  send(mail: Mail, options?: CallOptions): Promise<SendResult>
  describe(options?: CallOptions): Promise<MailerDescription>
  /** Whether a mail could be handed over now, without sending one. Never rejects. */
  check(options?: CallOptions): Promise<{ ok: boolean; detail: string }>
  /** Waits for sends that run, then lets go of connections. `send` after it is `unavailable`. Safe to repeat. */
  close(): Promise<void>
}
