// Steps that several stories share, by the public HTTP API.
import { eventually } from '@platen/kit/testing'
import type { RunningPlatform } from './platform.ts'

interface SiteAndOperation {
  site: { id: string; name: string; state: string }
  operation: { id: string; state: string }
}

/** Creates a site and waits until its operation has succeeded. */
export async function aSite(platform: RunningPlatform, token: string, name: string): Promise<string> {
  const body = { name, adminEmail: 'admin@example.org' }
  const begun = await platform.call<SiteAndOperation>('console', { method: 'POST', path: '/api/v1/sites', token, body })
  if (begun.status !== 202) throw new Error(`creating ${name} answered ${begun.status}: ${begun.text}`)
  await operationEnds(platform, token, begun.body.operation.id)
  return begun.body.site.id
}

/** Waits for an operation; throws when it ends otherwise than well. */
export async function operationEnds(
  platform: RunningPlatform,
  token: string,
  id: string,
  timeoutMs = 60_000,
): Promise<void> {
  await eventually(
    async () => {
      const { body } = await platform.call<{ state: string; problem: unknown }>('console', {
        path: `/api/v1/operations/${id}`,
        token,
      })
      if (['failed', 'cancelled', 'needs-attention'].includes(body.state))
        throw new Error(`operation ${id}: ${JSON.stringify(body)}`)
      return body.state === 'succeeded' ? true : undefined
    },
    { timeoutMs, describe: `operation ${id}` },
  )
}

/** Enters the site by an administrator's ticket; answers an access token. */
export async function enterSite(platform: RunningPlatform, token: string, name: string): Promise<string> {
  const { body: sites } = await platform.call<{ items: { id: string; name: string }[] }>('console', {
    path: `/api/v1/sites?limit=200&search=${name}`,
    token,
  })
  const site = sites.items.find((candidate) => candidate.name === name)
  const ticket = await platform.call<{ url: string }>('console', {
    method: 'POST',
    path: `/api/v1/sites/${site?.id}/admin-tickets`,
    token,
  })
  const session = await platform.call<{ accessToken: string }>(name, {
    method: 'POST',
    path: '/api/v1/auth/tickets',
    body: { ticket: new URL(ticket.body.url).hash.replace('#ticket=', '') },
  })
  if (session.status !== 200) throw new Error(`the ticket of ${name} answered ${session.status}: ${session.text}`)
  return session.body.accessToken
}

/** Gives the first administrator (admin@example.org) a password. */
export async function setSitePassword(
  platform: RunningPlatform,
  token: string,
  name: string,
  newPassword: string,
): Promise<void> {
  const session = await enterSite(platform, token, name)
  const answer = await platform.call(name, {
    method: 'PUT',
    path: '/api/v1/auth/password',
    token: session,
    body: { newPassword },
  })
  if (answer.status !== 204) throw new Error(`setting the password answered ${answer.status}: ${answer.text}`)
}
