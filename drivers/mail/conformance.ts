/** What every mailer must do. Called by the test of each vendor with a factory for a mailer and a look at what arrived. */
import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Mail, Mailer } from './contract.ts'

export interface MailerFixture {
  mailer: Mailer
  /** What a reader would see, decoded, oldest first. */
  arrived(): Promise<ArrivedMail[]>
  close(): Promise<void>
}

export type ArrivedMail = Pick<Mail, 'to' | 'subject' | 'text' | 'html' | 'messageId' | 'tag'>

export function aMail(overrides: Partial<Mail> = {}): Mail {
  return {
    to: 'operator@example.org',
    subject: 'A backup is missing',
    text: 'The last backup of acme is 27 hours old.\n',
    messageId: `${randomUUID()}@platen.example`,
    tag: 'alert:backup-missed',
    ...overrides,
  }
}

// Typed unknown because the matchers are `any`.
const refused: unknown = expect.objectContaining({ kind: 'refused', retryable: false })
const alreadyExists: unknown = expect.objectContaining({ kind: 'already-exists' })
const unavailable: unknown = expect.objectContaining({ kind: 'unavailable', retryable: true })

export function mailerConformance(vendor: string, make: () => Promise<MailerFixture>): void {
  describe(`${vendor}: contract of a mailer`, () => {
    let fixture: MailerFixture
    beforeEach(async () => {
      fixture = await make()
    })
    afterEach(() => fixture.close())
    contentSuite(() => fixture)
    refusalSuite(() => fixture)
    lifeSuite(() => fixture)
  })
}

function contentSuite(fixture: () => MailerFixture): void {
  test('a mail arrives as it was written, in every script', async () => {
    const mail = aMail({
      subject: 'Sauvegarde manquée : « Café Zoë » – النسخة الاحتياطية 📦 '.repeat(3).trim(),
      text: 'Première ligne é\n.\n..deux points\nFrom here\n\u4f60\u597d 📦\n',
      html: '<p>Première ligne é &amp; 📦</p>',
    })
    const { mailer, arrived } = fixture()
    expect(await mailer.send(mail)).toEqual({ accepted: 'now', messageId: mail.messageId })
    expect(await arrived()).toEqual([mail])
  })

  test('a mail without HTML has none', async () => {
    const mail = aMail()
    await fixture().mailer.send(mail)
    expect(await fixture().arrived()).toEqual([mail])
  })

  test('an international host travels as punycode', async () => {
    await fixture().mailer.send(aMail({ to: 'zoe@bücher.example' }))
    expect((await fixture().arrived())[0]?.to).toBe('zoe@xn--bcher-kva.example')
  })

  test('the same mail twice is one mail', async () => {
    const mail = aMail()
    const { mailer, arrived } = fixture()
    await mailer.send(mail)
    expect(await mailer.send(mail)).toEqual({ accepted: 'before', messageId: mail.messageId })
    expect(await arrived()).toHaveLength(1)
  })

  test('ten callers with one mail send it once, and one of them did', async () => {
    const mail = aMail()
    const { mailer, arrived } = fixture()
    const results = await Promise.all(Array.from({ length: 10 }, () => mailer.send(mail)))
    expect(results.filter(({ accepted }) => accepted === 'now')).toHaveLength(1)
    expect(await arrived()).toHaveLength(1)
  })

  test('another mail under the same id is told from it', async () => {
    const mail = aMail()
    const { mailer, arrived } = fixture()
    await mailer.send(mail)
    await expect(mailer.send({ ...mail, subject: 'Something else' })).rejects.toEqual(alreadyExists)
    expect(await arrived()).toEqual([mail])
  })

  test('fifty mails at once arrive, each once', async () => {
    const mails = Array.from({ length: 50 }, (_, index) => aMail({ subject: `Mail ${index}` }))
    await Promise.all(mails.map((mail) => fixture().mailer.send(mail)))
    const subjects = (await fixture().arrived()).map(({ subject }) => subject)
    expect(subjects.toSorted()).toEqual(mails.map(({ subject }) => subject).toSorted())
  })
}

function refusalSuite(fixture: () => MailerFixture): void {
  const breaks = {
    'a header': '\r\nBcc: thief@example.org',
    'a line feed': '\nX: y',
    'a carriage return': '\r',
    'a NUL': '\0',
    'a line separator': '\u2028',
    'a next line': '\u0085',
  }
  const injections = (['to', 'subject', 'messageId', 'tag'] as const).flatMap((field) =>
    Object.entries(breaks).flatMap(([name, text]): [string, Partial<Mail>][] => [
      [`${field} ends in ${name}`, { [field]: `${aMail()[field]}${text}` }],
      [`${field} holds ${name}`, { [field]: aMail()[field].replace(/.$/, `${text}$&`) }],
    ]),
  )
  test.each(injections)('a line break is refused, not cleaned: %s', async (_what, injected) => {
    await expect(fixture().mailer.send(aMail(injected))).rejects.toEqual(refused)
    expect(await fixture().arrived()).toEqual([])
  })

  test.each([
    '',
    'operator',
    '@example.org',
    'a@',
    'a b@example.org',
    'a@exa mple.org',
    'Zoë <zoe@example.org>',
    '<a@example.org>',
    'a@example.org, b@example.org',
    'a@b@example.org',
    'a..b@example.org',
    '"a"@example.org',
    'a@-example.org',
    `${'a'.repeat(65)}@example.org`,
    'zoë@example.org',
  ])('no address: %j', async (to) => {
    await expect(fixture().mailer.send(aMail({ to }))).rejects.toEqual(refused)
  })

  test.each([
    ['an empty subject', { subject: ' ' }],
    ['a subject of 501 characters', { subject: 'x'.repeat(501) }],
    ['half a character', { subject: 'a\ud800b' }],
    ['a text of more than 256 KiB', { text: 'x'.repeat(256 * 1024 + 1) }],
    ['a NUL in the HTML', { html: 'a\0b' }],
    ['an id without a host', { messageId: 'abc' }],
    ['an id in brackets', { messageId: '<abc@example.org>' }],
    ['a tag in capitals', { tag: 'Alert' }],
  ])('refused: %s', async (_what, wrong) => {
    await expect(fixture().mailer.send(aMail(wrong))).rejects.toEqual(refused)
    expect(await fixture().arrived()).toEqual([])
  })
}

function lifeSuite(fixture: () => MailerFixture): void {
  test('a call whose signal has fired sends nothing', async () => {
    await expect(fixture().mailer.send(aMail(), { signal: AbortSignal.abort() })).rejects.toEqual(unavailable)
    expect(await fixture().arrived()).toEqual([])
  })

  test('it says what it is and that it works', async () => {
    expect((await fixture().mailer.describe()).from).toMatch(/@/)
    expect(await fixture().mailer.check()).toMatchObject({ ok: true })
  })

  test('closed, it sends nothing more; closing twice is closing', async () => {
    const { mailer, arrived } = fixture()
    await mailer.close()
    await mailer.close()
    await expect(mailer.send(aMail())).rejects.toEqual(unavailable)
    expect(await arrived()).toEqual([])
  })
}
