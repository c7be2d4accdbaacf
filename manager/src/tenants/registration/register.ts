import {
  appendAudit,
  foldEmail,
  hashPassword,
  hashToken,
  newToken,
  type Identity,
  type IssuedSession,
  type Visitor,
} from '@platen/identity'
import { newId } from '@platen/kit/ids'
import { enqueueJob } from '@platen/kit/jobs'
import { Secret, type Vault } from '@platen/kit/secrets'
import { withScope, type Db } from '@platen/kit/sql'
import { makeTenantWithOwner } from '../make-tenant.ts'
import { tenantProblems } from '../problems.ts'
import { locales } from '../tenant-settings.ts'
import { sealContext, sendRegistrationMail } from './registration-mail.ts'
import { insertRegistration, takeRegistration } from './registration-store.ts'

export interface RegistrationParts {
  db: Db
  vault: Vault
  identity: Identity
}

export interface Application {
  tenantName: string
  name: string
  email: string
  password: string
  locale?: (typeof locales)[number] | undefined
}

/**
 * Keeps what a stranger asks for until they prove the address. Whether it has an account is not even looked at: work, time and answer
 * cannot tell (reference reliability.md, attack 27; decision 0026).
 */
export async function askToRegister(
  { tenantName, name, email, password, locale }: Application,
  visitor: Visitor,
  { db, vault }: Omit<RegistrationParts, 'identity'>,
): Promise<void> {
  const passwordHash = await hashPassword(password, [email, name, tenantName])
  const id = newId()
  const token = newToken()
  const folded = foldEmail(email)
  // It is nobody's yet: work of the platform itself may only be queued in its scope. Nothing is read here.
  await withScope(db, { operator: true }, async (tx) => {
    const registration = { id, email: folded, name, tenantName, passwordHash, locale: locale ?? null }
    const sealed = vault.seal(new Secret(token), sealContext(id))
    await insertRegistration(tx, registration, { hash: hashToken(token), sealed })
    await enqueueJob(tx, sendRegistrationMail, { registrationId: id }, { tenantId: null })
    await appendAudit(tx, {
      tenantId: null,
      actor: { id: null, label: folded, ip: visitor.ip, requestId: visitor.requestId },
      action: 'registration.requested',
      resource: 'registration',
      resourceId: id,
    })
  })
}

/** The link of the mail came back: account, tenant and first session, in one transaction that begins by spending the link. */
export async function completeRegistration(
  token: string,
  visitor: Visitor,
  { db, identity }: RegistrationParts,
): Promise<IssuedSession> {
  const tenantId = newId()
  const accountId = newId()
  return withScope(db, { operator: true, tenantId, accountId }, async (tx) => {
    const registration = await takeRegistration(tx, hashToken(token))
    if (registration === undefined) {
      const detail = 'It was used already, or it is too old. Nothing was created.'
      throw tenantProblems.problem('registration-link-invalid', detail)
    }
    const { email, name, tenantName, passwordHash } = registration
    const locale = locales.find((known) => known === registration.locale)
    await makeTenantWithOwner(
      tx,
      { id: tenantId, name: tenantName, settings: { locale, contactEmail: email } },
      { accountId, email, name, passwordHash, locale: locale ?? null, verified: true },
      { ip: visitor.ip, requestId: visitor.requestId },
    )
    return identity.openFirstSession(tx, { accountId, tenantId }, visitor)
  })
}
