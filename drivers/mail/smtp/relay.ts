import { Secret } from '@platen/kit/secrets'

/** Where and how to hand mails over. */
export interface SmtpRelay {
  host: string
  port: number
  /** `tls` from the first byte, `starttls` required before anything is said, `none` for a relay on this machine. */
  encryption: 'tls' | 'starttls' | 'none'
  user?: string
  password?: Secret
}

/** Says what is wrong with a URL without repeating any of it. */
export class RelayUrlError extends Error {
  override readonly name = 'RelayUrlError'
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/**
 * `smtps://user:password@host` (TLS, port 465), `smtp://user:password@host` (STARTTLS, port 587), `smtp://localhost:25?encryption=none`.
 * User and password are percent-encoded. Credentials without encryption only go to this machine.
 * @throws RelayUrlError
 */
export function parseRelayUrl(text: string): SmtpRelay {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url === undefined || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '')
    throw new RelayUrlError('is not a URL of the form smtp://user:password@host:587 or smtps://user:password@host:465')
  if (!['', '/'].includes(url.pathname) || url.hash !== '')
    throw new RelayUrlError(
      'has a path or a fragment; characters such as / and # in a password are written as %2F and %23',
    )
  const encryption = encryptionOf(url)
  const user = decoded(url.username)
  const password = decoded(url.password)
  if ((user === '') !== (password === ''))
    throw new RelayUrlError('has a user without a password, or a password without a user')
  if (user !== '' && encryption === 'none' && !LOOPBACK.has(url.hostname))
    throw new RelayUrlError('would send the password without encryption over the network')
  return {
    host: url.hostname.replaceAll(/[[\]]/g, ''),
    port: url.port === '' ? { tls: 465, starttls: 587, none: 25 }[encryption] : Number(url.port),
    encryption,
    ...(user === '' ? {} : { user, password: new Secret(password) }),
  }
}

function encryptionOf(url: URL): SmtpRelay['encryption'] {
  const unknown = [...url.searchParams.keys()].filter((name) => name !== 'encryption')
  const wish = url.searchParams.get('encryption')
  if (unknown.length > 0 || (wish !== null && wish !== 'none'))
    throw new RelayUrlError('has an unknown option; there is only ?encryption=none')
  if (url.protocol === 'smtps:' && wish !== null) throw new RelayUrlError('asks for TLS and for no encryption')
  if (url.protocol === 'smtps:') return 'tls'
  return wish === 'none' ? 'none' : 'starttls'
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw new RelayUrlError('has a % in user or password that is not written as %25')
  }
}
