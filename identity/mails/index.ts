export { composeIdentityMail, noteMailSent, type ComposedMail } from './compose.ts'
export { linkContext } from './link.ts'
export type { IdentityMail, IdentityMailKind, MailLater } from './mail.ts'
