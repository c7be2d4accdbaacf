import { inspect } from 'node:util'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryDirectory } from '@platen/kit/testing'
import { describe, expect, test } from 'vitest'
import { createMailer, InboxMailer, readMailConfig, SmtpMailer } from './index.ts'

describe('settings of mail', () => {
  test('absent, mails stay in the inbox and come from the zone', async () => {
    const config = await readMailConfig({ PLATEN_ZONE: 'example.org' })
    expect(config).toEqual({ from: 'platen@example.org', relay: undefined, authorityPem: undefined })
    const { mailer, inbox } = createMailer(config, { inboxDirectory: '/nowhere' })
    expect(mailer).toBeInstanceOf(InboxMailer)
    expect(inbox).toBe(mailer)
  })

  test.each([
    ['smtps://u:p%20%2F%40@mail.example.org', { host: 'mail.example.org', port: 465, encryption: 'tls', user: 'u' }],
    ['smtp://u:p%20%2F%40@mail.example.org', { port: 587, encryption: 'starttls' }],
    ['smtp://u%40x:p%20%2F%40@mail.example.org:2525', { port: 2525, encryption: 'starttls', user: 'u@x' }],
    ['smtp://u:p%20%2F%40@[::1]:26?encryption=none', { host: '::1', port: 26, encryption: 'none' }],
  ])('%s', async (url, expected) => {
    const { relay } = await readMailConfig({ PLATEN_SMTP_URL: url })
    expect(relay).toMatchObject(expected)
    expect(relay?.password?.expose()).toBe('p /@')
  })

  test('a relay without credentials has none', async () => {
    const config = await readMailConfig({ PLATEN_SMTP_URL: 'smtp://relay.example.org:25?encryption=none' })
    expect(config.relay).toEqual({ host: 'relay.example.org', port: 25, encryption: 'none' })
    const { mailer, inbox } = createMailer(config, { inboxDirectory: '/nowhere' })
    expect([mailer instanceof SmtpMailer, inbox]).toEqual([true, undefined])
    await mailer.close()
  })

  test.each([
    'mail.example.org',
    'http://user:hunter2pass@mail.example.org',
    'smtp://',
    'smtp://user:hunter2pass@mail.example.org/path',
    'smtp://user:hunter2pass@mail.example.org#x',
    'smtp://user:hunter2pass@mail.example.org?encryption=none',
    'smtp://user:hunter2pass@mail.example.org?tls=no',
    'smtps://user:hunter2pass@mail.example.org?encryption=none',
    'smtp://hunter2pass@mail.example.org',
    'smtp://user:hunter2pass%@mail.example.org',
  ])('a bad URL is named by its setting and not repeated: %s', async (url) => {
    const error: unknown = await readMailConfig({ PLATEN_SMTP_URL: url }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ name: 'SettingsError', faults: [{ env: 'PLATEN_SMTP_URL' }] })
    expect(inspect(error)).not.toContain('hunter2pass')
  })

  test('printed, the configuration shows no password', async () => {
    const config = await readMailConfig({ PLATEN_SMTP_URL: 'smtps://user:hunter2pass@mail.example.org' })
    expect(inspect(config, { depth: 9, showHidden: true }) + JSON.stringify(config)).not.toContain('hunter2pass')
  })

  test('the authority is read from its file, and one that is none is refused', async () => {
    const directory = await temporaryDirectory()
    const file = join(directory.path, 'ca.pem')
    await expect(readMailConfig({ PLATEN_SMTP_AUTHORITY: file })).rejects.toThrow('PLATEN_SMTP_AUTHORITY')
    await writeFile(file, '-----BEGIN CERTIFICATE-----\n')
    expect((await readMailConfig({ PLATEN_SMTP_AUTHORITY: file })).authorityPem).toContain('BEGIN CERTIFICATE')
    await directory.remove()
  })
})
