/** Mails of identity in a test: what was handed over, written as the job would write it. */
import { withScope } from '@platen/kit/sql'
import type { Identity, IdentityMail } from '../index.ts'
import { composeIdentityMail, type ComposedMail } from '../mails/index.ts'
import type { TestIdentity } from './identity.ts'

export interface Mailbox {
  /** Hands its mails over to this box. */
  identity: Identity
  /** Handed over so far, oldest first. */
  queued: IdentityMail[]
  /** The last mail, written; undefined when there is nothing to send any more. */
  last(): Promise<ComposedMail | undefined>
  /** The token of the link in the last mail. */
  token(): Promise<string>
}

export function mailboxOf(home: TestIdentity): Mailbox {
  const queued: IdentityMail[] = []
  const identity = home.another({ mailLater: async (_tx, mail) => void queued.push(mail) })
  const last = async (): Promise<ComposedMail | undefined> => {
    const mail = queued.at(-1)
    if (mail === undefined) throw new Error('no mail was handed over')
    const place = { issuer: 'https://anvil.test', placeName: 'Forge' }
    return withScope(home.db, { tenantId: mail.tenantId }, (tx) => composeIdentityMail(tx, home.vault, mail, place))
  }
  return {
    identity,
    queued,
    last,
    async token() {
      const token = /#token=([\w-]+)/.exec((await last())?.text ?? '')?.[1]
      if (token === undefined) throw new Error('the last mail has no link')
      return token
    },
  }
}
