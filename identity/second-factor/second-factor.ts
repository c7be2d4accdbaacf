import { randomBytes } from 'node:crypto'
import { maybe, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { appendAudit } from '../audit.ts'
import { confirmPassword } from '../confirm-password.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { actorOf, type Principal } from '../principal.ts'
import { identityProblems } from '../problems.ts'
import type { SecondFactorKind, Visitor } from '../sessions.ts'
import { base32 } from './base32.ts'
import { hashRecoveryCode, newRecoveryCodes } from './recovery-codes.ts'
import {
  beginSecondFactor,
  readSecondFactor,
  replaceRecoveryCodes,
  secretContext,
  spendRecoveryCode,
  spendStep,
  turnOffSecondFactor,
  turnOnSecondFactor,
} from './second-factor-store.ts'
import { matchingStep, otpauthUrl } from './totp.ts'

/** RFC 4226 section 4: 160 bits, the length of a SHA-1. */
const secretBytes = 20

export interface SecondFactorState {
  on: boolean
  since: Date | null
  recoveryCodesLeft: number
}

/** Password and code together: what turns a second factor off, or makes its recovery codes anew. */
export interface BothFactors {
  password: string
  code: string
}

/** The second factor of who asks: codes of an authenticator app, and recovery codes for when it is lost. */
export interface SecondFactor {
  state(principal: Principal): Promise<SecondFactorState>
  /** A new secret, which counts from its first code on. */
  begin(principal: Principal, password: string, visitor: Visitor): Promise<{ secret: string; url: string }>
  /** The first code: turns it on. The recovery codes are shown this once. */
  confirm(principal: Principal, code: string, visitor: Visitor): Promise<string[]>
  remove(principal: Principal, factors: BothFactors, visitor: Visitor): Promise<void>
  renewRecoveryCodes(principal: Principal, factors: BothFactors, visitor: Visitor): Promise<string[]>
}

export function createSecondFactor(parts: IdentityParts): SecondFactor {
  const { db, vault, now, issuer } = parts
  return {
    async state({ accountId }) {
      const { since, recoveryCodesLeft } = await readSecondFactor(db, accountId)
      return { on: since !== null, since, recoveryCodesLeft }
    },
    async begin(principal, password, visitor) {
      await confirmPassword(parts, { principal, given: password, pointer: '/password', visitor })
      const key = randomBytes(secretBytes)
      const sealed = vault.seal(key, secretContext(principal.accountId))
      await withScope(db, { tenantId: principal.tenantId }, async (tx) => {
        if (!(await beginSecondFactor(tx, principal.accountId, sealed))) throw alreadyOn()
      })
      return { secret: base32(key), url: otpauthUrl(key, { place: new URL(issuer).hostname, email: principal.email }) }
    },
    async confirm(principal, code, visitor) {
      const { accountId, tenantId } = principal
      const { sealedSecret, since } = await readSecondFactor(db, accountId)
      if (since !== null) throw alreadyOn()
      if (sealedSecret === null) throw notOn('Begin with POST.')
      return tryCode(parts, { principal, visitor }, async () => {
        const step = matchingStep(vault.openBytes(sealedSecret, secretContext(accountId)), onlyDigits(code), now())
        if (step === undefined) return undefined
        return withScope(db, { tenantId }, async (tx) => {
          if (!(await turnOnSecondFactor(tx, accountId, { sealedSecret, step }))) throw alreadyOn()
          await auditChange(tx, 'second-factor.turned-on', principal, visitor)
          return giveRecoveryCodes(tx, accountId)
        })
      })
    },
    remove: (principal, factors, visitor) =>
      withBothFactors(parts, principal, factors, visitor, async (tx) => {
        await turnOffSecondFactor(tx, principal.accountId)
        await auditChange(tx, 'second-factor.turned-off', principal, visitor)
      }),
    renewRecoveryCodes: (principal, factors, visitor) =>
      withBothFactors(parts, principal, factors, visitor, async (tx) => {
        await auditChange(tx, 'recovery-codes.renewed', principal, visitor)
        return giveRecoveryCodes(tx, principal.accountId)
      }),
  }
}

/** Spends a code of an account in the caller's transaction: which kind it was, or undefined when it is wrong or was used before. */
export async function spendCode(
  { vault, now }: IdentityParts,
  tx: Tx,
  accountId: string,
  code: string,
): Promise<SecondFactorKind | undefined> {
  const { sealedSecret } = await readSecondFactor(tx, accountId)
  if (sealedSecret === null) return undefined
  const step = matchingStep(vault.openBytes(sealedSecret, secretContext(accountId)), onlyDigits(code), now())
  if (step !== undefined) return (await spendStep(tx, accountId, step)) ? 'totp' : undefined
  return (await spendRecoveryCode(tx, accountId, hashRecoveryCode(accountId, code))) ? 'recovery-code' : undefined
}

/** True for an account that signs in with a code beside its password. */
export const needsCode = async (db: Db, accountId: string): Promise<boolean> =>
  (await maybe(db, sql`SELECT FROM identity.accounts WHERE id = ${accountId} AND totp_since IS NOT NULL`)) !== undefined

export const codeSubject = (accountId: string): string => `second factor of ${accountId}`

/** Runs `work` in a transaction once the password and a code were right; the code is spent in that transaction. */
async function withBothFactors<T>(
  parts: IdentityParts,
  principal: Principal,
  { password, code }: BothFactors,
  visitor: Visitor,
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { db } = parts
  const { accountId, tenantId } = principal
  const { since } = await readSecondFactor(db, accountId)
  if (since === null) throw notOn('There is nothing to change.')
  await confirmPassword(parts, { principal, given: password, pointer: '/password', visitor })
  const done = await tryCode(parts, { principal, visitor }, () =>
    withScope(db, { tenantId }, async (tx) => {
      if ((await spendCode(parts, tx, accountId, code)) === undefined) return undefined
      return { result: await work(tx) }
    }),
  )
  return done.result
}

/** Five tries in 15 minutes, counted with those at sign-in. `work` answers undefined for a wrong code, which leaves an audit row. */
async function tryCode<T>(
  { db, codeThrottle }: IdentityParts,
  { principal, visitor }: { principal: Principal; visitor: Visitor },
  work: () => Promise<T | undefined>,
): Promise<T> {
  const subject = codeSubject(principal.accountId)
  codeThrottle.attempt(subject, visitor.ip)
  const done = await work()
  if (done === undefined) {
    await withScope(db, { tenantId: principal.tenantId }, (tx) =>
      auditChange(tx, 'second-factor.refused', principal, visitor),
    )
    throw identityProblems.problem('code-wrong', 'It is wrong, too old, or was used before. Nothing was changed.', {
      errors: [{ pointer: '/code', message: 'is wrong, too old, or was used before' }],
    })
  }
  codeThrottle.succeeded(subject, visitor.ip)
  return done
}

async function giveRecoveryCodes(tx: Tx, accountId: string): Promise<string[]> {
  const codes = newRecoveryCodes()
  await replaceRecoveryCodes(
    tx,
    accountId,
    codes.map((code) => hashRecoveryCode(accountId, code)),
  )
  return codes
}

const auditChange = (tx: Tx, action: string, principal: Principal, visitor: Visitor): Promise<void> =>
  appendAudit(tx, {
    tenantId: principal.tenantId,
    actor: actorOf(principal, visitor),
    action,
    resource: 'account',
    resourceId: principal.accountId,
  })

/** Apps show codes as two groups of three. */
const onlyDigits = (code: string): string => code.replaceAll(/\s/g, '')

const alreadyOn = () =>
  identityProblems.problem('second-factor-on', 'Turn the one that is on off first. Nothing was changed.')

const notOn = (advice: string) => identityProblems.problem('second-factor-off', `${advice} Nothing was changed.`)
