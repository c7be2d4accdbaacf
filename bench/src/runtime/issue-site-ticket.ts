import { findAccountByEmail, issueTicket, type IssuedTicket } from '@platen/identity'
import { benchProblems, type SiteRegistry } from '../sites/index.ts'

interface TicketRequest {
  siteId: string
  email: string
  /** Who asked for it, for the site's audit trail. */
  actorLabel: string
  expiresInSeconds: number
}

/** A ticket for a user of a site that this process serves; `site-not-served` or `site-user-unknown` (404) otherwise. */
export async function issueSiteTicket(registry: SiteRegistry, request: TicketRequest): Promise<IssuedTicket> {
  const { siteId, email, actorLabel, expiresInSeconds } = request
  const site = registry.byId(siteId)
  if (site === undefined) {
    throw benchProblems.problem('site-not-served', `Site ${siteId} is not in the snapshot of this process.`)
  }
  const leave = site.enter('platform')
  try {
    const { db } = site.resources()
    const account = await findAccountByEmail(db, email)
    if (account === undefined) {
      throw benchProblems.problem('site-user-unknown', `Nobody in site ${siteId} has this e-mail address.`)
    }
    const ticket = { accountId: account.id, tenantId: siteId, requestedBy: actorLabel, expiresInSeconds }
    return await db.transaction().execute((tx) => issueTicket(tx, ticket))
  } finally {
    leave()
  }
}
