import { composeIdentityMail, type IdentityMail } from '@platen/identity'
import { rows, sql, withScope } from '@platen/kit/sql'
import type { TestPlatform } from '../../manager/testing/platform.ts'

/** The token in the last mail with a link that the manager has for that address: what a job would send. */
export async function mailedToken({ database, workerDb, vault }: TestPlatform, to: string): Promise<string> {
  const queued = await rows(
    database.db,
    sql<{
      mail: IdentityMail
    }>`SELECT payload AS mail FROM jobs.jobs WHERE name = 'send-identity-mail' ORDER BY id DESC`,
  )
  for (const { mail } of queued) {
    const place = { issuer: 'https://console.test', placeName: 'Canary' }
    const written = await withScope(workerDb, { tenantId: mail.tenantId }, (tx) =>
      composeIdentityMail(tx, vault, mail, place),
    )
    if (written?.to === to && written.text.includes('#token=')) return tokenIn(written.text)
  }
  throw new Error(`no mail to ${to}`)
}

export function tokenIn(text: string): string {
  const token = /#token=([\w-]+)/.exec(text)?.[1]
  if (token === undefined) throw new Error('the mail has no link')
  return token
}
