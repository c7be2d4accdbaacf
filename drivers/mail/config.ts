import { readFile } from 'node:fs/promises'
import { defineSettings, readPlatformSettings, readSettings, SettingsError } from '@platen/kit/config'
import { Secret } from '@platen/kit/secrets'
import { z } from 'zod'
import { parseRelayUrl, RelayUrlError, type SmtpRelay } from './smtp/relay.ts'

export const mailSettings = defineSettings({
  // Not marked as secret, because those must have 32 random bytes, and are never optional. It is wrapped at once and checked below,
  // where no message repeats it.
  smtpUrl: {
    env: 'PLATEN_SMTP_URL',
    schema: z
      .string()
      .transform((url) => new Secret(url))
      .optional(),
    description:
      'Relay for outgoing mail: smtps://user:password@host (TLS) or smtp://user:password@host (STARTTLS, required), ' +
      'user and password percent-encoded; smtp://localhost:25?encryption=none for a relay on this machine. ' +
      'Contains a password: keep it out of files that others read. Absent: mails stay in the inbox of the console.',
  },
  mailFrom: {
    env: 'PLATEN_MAIL_FROM',
    schema: z.email('must be an address such as platen@example.org').optional(),
    description: 'Address that mails come from. Absent: platen@ followed by the zone.',
  },
  smtpAuthority: {
    env: 'PLATEN_SMTP_AUTHORITY',
    schema: z.string().startsWith('/', 'must be an absolute path').optional(),
    description:
      'PEM file of the certificate authority of the relay, when it is a private one. Absent: the well-known authorities.',
  },
})

export interface MailConfig {
  from: string
  /** Undefined: the inbox. */
  relay: SmtpRelay | undefined
  authorityPem: string | undefined
}

/** @throws SettingsError, which never repeats the URL. */
export async function readMailConfig(env: NodeJS.ProcessEnv = process.env): Promise<MailConfig> {
  const { smtpUrl, mailFrom, smtpAuthority } = readSettings(mailSettings, env)
  return {
    from: mailFrom ?? `platen@${readPlatformSettings(env).zone}`,
    relay: smtpUrl === undefined ? undefined : relayOf(smtpUrl),
    authorityPem: smtpAuthority === undefined ? undefined : await authorityOf(smtpAuthority),
  }
}

function relayOf(url: Secret): SmtpRelay {
  try {
    return parseRelayUrl(url.expose())
  } catch (error) {
    if (!(error instanceof RelayUrlError)) throw error
    throw new SettingsError([
      { env: 'PLATEN_SMTP_URL', problem: error.message, remedy: 'correct it, or remove it to keep mails in the inbox' },
    ])
  }
}

async function authorityOf(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch(() => '')
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem
  throw new SettingsError([
    { env: 'PLATEN_SMTP_AUTHORITY', problem: `is not a readable PEM file (${path})`, remedy: 'correct the path' },
  ])
}
