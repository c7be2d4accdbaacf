import type { MailSource } from './mail.ts'

/** What a sealed token belongs to: sealing and opening name the same row. */
export const linkContext = (table: 'invitations' | 'email_links', id: string): string => `identity.${table}/${id}`

/** The address that a mail's link leads to. The token stands in the fragment, which reaches no server and no log. */
export const linkTo = (
  { vault, issuer }: Pick<MailSource, 'vault' | 'issuer'>,
  page: 'invitation' | 'reset-password' | 'verify-address',
  sealed: { token: string; context: string },
): string => `${issuer}/${page}#token=${vault.open(sealed.token, sealed.context).expose()}`

/** Tells one token from the next without giving either away. */
export const markOf = (tokenHash: Buffer): string => tokenHash.toString('hex').slice(0, 16)
