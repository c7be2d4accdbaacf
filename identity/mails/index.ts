export { composeIdentityMail, noteMailSent, type ComposedMail } from './compose.ts'
export { linkContext } from './link.ts'
export { mailLocales, type IdentityMail, type IdentityMailKind, type MailLater } from './mail.ts'
