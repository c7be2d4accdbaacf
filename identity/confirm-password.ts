import { maybe, sql } from '@platen/kit/sql'
import type { IdentityParts } from './identity-parts.ts'
import { verifyPassword } from './passwords.ts'
import type { Principal } from './principal.ts'
import { identityProblems } from './problems.ts'
import type { Visitor } from './sessions.ts'

interface PasswordCheck {
  principal: Principal
  given: string
  /** JSON pointer of the field that the refusal names. */
  pointer: string
  visitor: Visitor
}

/**
 * Who asks must know the password. Guesses count as sign-ins do, and those at every such question together: an access token that was left
 * open must not become the password.
 * @returns the stored hash that it matched.
 * @throws ProblemError password-wrong, sign-in-throttled, sign-in-busy.
 */
export async function confirmPassword(
  { db, throttle }: IdentityParts,
  { principal, given, pointer, visitor }: PasswordCheck,
): Promise<string | null> {
  const subject = `password of ${principal.accountId}`
  throttle.attempt(subject, visitor.ip)
  const account = await maybe(
    db,
    sql<{ hash: string | null }>`SELECT password_hash AS hash FROM identity.accounts WHERE id = ${principal.accountId}`,
  )
  if (!(await verifyPassword(account?.hash, given))) throw passwordWrong(pointer)
  throttle.succeeded(subject, visitor.ip)
  return account?.hash ?? null
}

export const passwordWrong = (pointer: string) =>
  identityProblems.problem('password-wrong', 'The current password does not match. Nothing was changed.', {
    errors: [{ pointer, message: 'does not match' }],
  })
