import { DriverError, Faults } from '../errors/index.ts'
import type { CallOptions, Mail, Mailer, MailerDescription, SendResult } from './contract.ts'
import { fingerprintOf, otherMailOfThatId, requireMail } from './mail-rules.ts'

/** Complete and deterministic, for tests: what was sent is in `sent`, oldest first. */
export class MemoryMailer implements Mailer {
  readonly faults = new Faults<'send' | 'describe' | 'check'>()
  readonly sent: Mail[] = []
  #isClosed = false

  send(mail: Mail, options: CallOptions = {}): Promise<SendResult> {
    return this.faults.run('send', options.signal, () => {
      if (this.#isClosed) throw new DriverError('unavailable', 'the mailer is closed')
      const checked = requireMail(mail)
      const { messageId } = checked
      const earlier = this.sent.find((other) => other.messageId === messageId)
      if (earlier === undefined) {
        this.sent.push(checked)
        return { accepted: 'now', messageId }
      }
      if (fingerprintOf(earlier) !== fingerprintOf(checked)) throw otherMailOfThatId(messageId)
      return { accepted: 'before', messageId }
    })
  }

  describe(options: CallOptions = {}): Promise<MailerDescription> {
    return this.faults.run('describe', options.signal, () => ({
      vendor: 'memory',
      from: 'platen@example.org',
      target: 'the memory of this process',
      stored: this.sent.length,
    }))
  }

  check(options: CallOptions = {}): Promise<{ ok: boolean; detail: string }> {
    return this.faults
      .run('check', options.signal, () => ({ ok: true, detail: 'mails stay in memory' }))
      .catch((error: unknown) => ({ ok: false, detail: error instanceof Error ? error.message : String(error) }))
  }

  async close(): Promise<void> {
    this.#isClosed = true
  }
}
