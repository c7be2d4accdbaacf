import { newId } from '@platen/kit/ids'
import { maybe, rows, sql, violates, type Db, type Tx } from '@platen/kit/sql'
import { identityProblems } from './problems.ts'
import { appendUserEvent } from './events.ts'

/** An account as sign-in needs it. */
export interface Account {
  id: string
  email: string
  name: string
  passwordHash: string | null
  operator: boolean
  state: 'active' | 'disabled' | 'erased'
}

export interface NewAccount {
  /** Chosen by the caller so that an operation can repeat the step; a new one otherwise. */
  id?: string
  email: string
  name: string
  passwordHash: string | null
  operator?: boolean
  /** Of mails to them. */
  locale?: string | null
  /** Whether they have shown that the address is theirs. */
  verified?: boolean
}

/** E-mail addresses are compared case-folded; anything else about them is kept. */
export const foldEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase()

interface AccountRow {
  id: string
  email: string
  name: string
  password_hash: string | null
  operator: boolean
  state: Account['state']
}

const toAccount = (row: AccountRow): Account => ({
  id: row.id,
  email: row.email,
  name: row.name,
  passwordHash: row.password_hash,
  operator: row.operator,
  state: row.state,
})

const columns = sql`id, email, name, password_hash, operator, state`

export async function findAccountByEmail(db: Db, email: string): Promise<Account | undefined> {
  const row = await maybe(
    db,
    sql<AccountRow>`SELECT ${columns} FROM identity.accounts WHERE email = ${foldEmail(email)}`,
  )
  return row && toAccount(row)
}

/** Those who run the platform, as far as they may still sign in. */
export const listOperators = (tx: Tx): Promise<{ id: string; email: string }[]> =>
  rows(
    tx,
    sql<{
      id: string
      email: string
    }>`SELECT id, email FROM identity.accounts WHERE operator AND state = 'active' ORDER BY email`,
  )

/** Adds an account; `email-taken` (409) when the case-folded address has one. */
export async function createAccount(tx: Tx, account: NewAccount): Promise<Account> {
  const id = account.id ?? newId()
  try {
    await sql`INSERT INTO identity.accounts (id, email, name, password_hash, operator, locale, verified_at)
      VALUES (${id}, ${foldEmail(account.email)}, ${account.name}, ${account.passwordHash}, ${account.operator ?? false},
        ${account.locale ?? null}, CASE WHEN ${account.verified ?? false} THEN now() END)`.execute(tx)
  } catch (error) {
    if (!violates(error, 'accounts_email_key')) throw error
    throw identityProblems.problem('email-taken', 'An account with this e-mail address exists. Nothing was changed.', {
      cause: error,
    })
  }
  return { ...account, id, email: foldEmail(account.email), operator: account.operator ?? false, state: 'active' }
}

/** Makes an account a user of a tenant with one of the system's roles. Safe to repeat; the role of one who is there already stays. */
export async function ensureUser(
  tx: Tx,
  user: { accountId: string; tenantId: string; email: string; name: string; role: string },
): Promise<void> {
  const { tenantId, accountId, name, role } = user
  const made = await maybe(
    tx,
    sql<{ user_id: string }>`WITH made AS (
        INSERT INTO identity.users (id, tenant_id, account_id, email, name)
        VALUES (${newId()}, ${tenantId}, ${accountId}, ${foldEmail(user.email)}, ${name})
        ON CONFLICT ON CONSTRAINT users_tenant_account_key DO NOTHING RETURNING tenant_id, id)
      INSERT INTO identity.user_roles (tenant_id, user_id, system_role) SELECT tenant_id, id, ${role} FROM made RETURNING user_id`,
  )
  if (made === undefined) return
  const facts = { userId: made.user_id, accountId, name, roles: [role], state: 'active' } as const
  await appendUserEvent(tx, 'UserCreated', { tenantId, user: facts })
}

/** Stores a new hash; false when the stored one is no longer what the caller read. */
export async function replacePasswordHash(
  tx: Tx,
  account: Pick<Account, 'id' | 'passwordHash'>,
  passwordHash: string,
): Promise<boolean> {
  const changed = await maybe(
    tx,
    sql`UPDATE identity.accounts SET password_hash = ${passwordHash}, updated_at = now()
      WHERE id = ${account.id} AND password_hash IS NOT DISTINCT FROM ${account.passwordHash} RETURNING id`,
  )
  return changed !== undefined
}

/** How many people use this tenant (plan limit). */
export async function countUsers(tx: Tx, tenantId: string): Promise<number> {
  const row = await maybe(
    tx,
    sql<{
      count: number
    }>`SELECT count(*)::int AS count FROM identity.users WHERE tenant_id = ${tenantId} AND state = 'active'`,
  )
  return row?.count ?? 0
}
