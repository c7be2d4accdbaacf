import { peopleProblems, type Change } from '../grants/index.ts'
import { countPlaces } from './user-store.ts'

/** Users and open invitations together stay within the plan. @throws ProblemError user-limit-reached */
export async function assertPlaceLeft({
  tx,
  tenantId,
  parts,
}: Pick<Change, 'tx' | 'tenantId' | 'parts'>): Promise<void> {
  const allowed = await parts.place.maxUsers(tx)
  if (allowed === undefined) return
  const taken = await countPlaces(tx, tenantId)
  if (taken < allowed) return
  throw peopleProblems.problem(
    'user-limit-reached',
    `The plan allows ${allowed} users; with open invitations there are ${taken}. Nothing was changed.`,
    { extensions: { allowed, taken } },
  )
}
