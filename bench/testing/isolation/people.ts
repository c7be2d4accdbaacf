import { createAccount, ensureUser } from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { withScope } from '@platen/kit/sql'
import { canaryOf, type Caller } from '@platen/kit/testing'
import { siteRoles } from '../../src/sites/index.ts'
import type { TestBench } from '../bench.ts'
import type { TestSite } from '../site.ts'

/** Somebody new with that role, signed in without a password: comparing one takes its time. */
export async function aCaller(bench: TestBench, { id: tenantId, database }: TestSite, role: string): Promise<Caller> {
  const served = bench.registry.byId(tenantId)
  if (served === undefined) throw new Error('the bench does not serve this site')
  const leave = served.enter('platform')
  try {
    const person = { email: `${newId()}@example.fr`, name: canaryOf(tenantId), passwordHash: null }
    return await withScope(database.db, { tenantId }, async (tx) => {
      const { id: accountId } = await createAccount(tx, person)
      await ensureUser(tx, { accountId, tenantId, ...person, role })
      const visitor = { ip: null, userAgent: null, requestId: null }
      const { identity } = served.resources()
      const { accessToken } = await identity.openFirstSession(tx, { accountId, tenantId }, visitor)
      return { tenantId, accountId, token: accessToken, operator: false, permissions: siteRoles[role] ?? [] }
    })
  } finally {
    leave()
  }
}
