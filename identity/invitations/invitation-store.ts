/** Every SQL statement on `identity.invitations` but the two by which their mail is written (mails/invitation-mail.ts). */
import { defineList, type ListQuery, type Page } from '@platen/kit/lists'
import { Secret, type Vault } from '@platen/kit/secrets'
import { maybe, one, sql, withScope, type Db, type Tx } from '@platen/kit/sql'
import { linkContext } from '../mails/index.ts'
import { hashToken, newToken } from '../sessions.ts'

export interface Invitation {
  id: string
  tenantId: string
  email: string
  name: string
  /** Ids. */
  roles: string[]
  locale: string | null
  invitedBy: string
  createdAt: Date
  expiresAt: Date
  sentAt: Date | null
  expired: boolean
}

export interface NewInvitation {
  id: string
  tenantId: string
  email: string
  name: string
  roles: readonly string[]
  locale: string | null
  invitedBy: string
}

interface InvitationRow {
  id: string
  tenant_id: string
  email: string
  name: string
  roles: string[]
  locale: string | null
  invited_by: string
  created_at: Date
  expires_at: Date
  sent_at: Date | null
  expired: boolean
}

const lifetime = sql`interval '7 days'`
const columns = sql`id, tenant_id, email, name, roles, locale, invited_by, created_at, expires_at, sent_at, expires_at <= now() AS expired`
/** Neither accepted nor withdrawn. It may be too old. */
const isOpen = sql`accepted_at IS NULL AND revoked_at IS NULL`

const toInvitation = (row: InvitationRow): Invitation => ({
  id: row.id,
  tenantId: row.tenant_id,
  email: row.email,
  name: row.name,
  roles: row.roles,
  locale: row.locale,
  invitedBy: row.invited_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  sentAt: row.sent_at,
  expired: row.expired,
})

export async function insertInvitation(tx: Tx, vault: Vault, invitation: NewInvitation): Promise<Invitation> {
  const { id, tenantId } = invitation
  const { hash, sealed } = newLink(vault, id)
  const row = await one(
    tx,
    sql<InvitationRow>`INSERT INTO identity.invitations
        (id, tenant_id, email, name, roles, locale, invited_by, token_hash, sealed_token, expires_at)
      VALUES (${id}, ${tenantId}, ${invitation.email}, ${invitation.name}, ${invitation.roles}, ${invitation.locale},
        ${invitation.invitedBy}, ${hash}, ${sealed}, now() + ${lifetime}) RETURNING ${columns}`,
  )
  return toInvitation(row)
}

/** Another link for the same invitation; the one that was sent stops working. Who has it sent answers for it from now on. */
export async function renewLink(
  tx: Tx,
  vault: Vault,
  { id, tenantId }: Invitation,
  invitedBy: string,
): Promise<Invitation> {
  const { hash, sealed } = newLink(vault, id)
  const row = await one(
    tx,
    sql<InvitationRow>`UPDATE identity.invitations SET token_hash = ${hash}, sealed_token = ${sealed}, sent_at = NULL,
        invited_by = ${invitedBy}, expires_at = now() + ${lifetime} WHERE tenant_id = ${tenantId} AND id = ${id} RETURNING ${columns}`,
  )
  return toInvitation(row)
}

/** Filters and sort of open invitations. */
export const invitationList = defineList({
  fields: {
    email: { type: 'text', column: sql`email`, sort: true },
    name: { type: 'text', column: sql`name`, sort: true },
    createdAt: { type: 'time', column: sql`created_at`, sort: 'as-created' },
    expiresAt: { type: 'time', column: sql`expires_at`, sort: true },
  },
  defaultSort: ['-createdAt'],
  tieBreaker: { type: 'uuid', column: sql`id` },
})

export const listOpenInvitations = (tx: Tx, tenantId: string, query: ListQuery): Promise<Page<Invitation>> =>
  invitationList.read(
    tx,
    query,
    ({ key, where, rest }) => sql<InvitationRow>`SELECT ${columns}, ${key} FROM identity.invitations
      WHERE tenant_id = ${tenantId} AND ${isOpen} AND ${where} ${rest}`,
    toInvitation,
  )

export async function findOpenInvitation(
  tx: Tx,
  tenantId: string,
  by: { id: string } | { email: string },
): Promise<Invitation | undefined> {
  const wanted = 'id' in by ? sql`id = ${by.id}` : sql`email = ${by.email}`
  const row = await maybe(
    tx,
    sql<InvitationRow>`SELECT ${columns} FROM identity.invitations WHERE tenant_id = ${tenantId} AND ${wanted} AND ${isOpen}`,
  )
  return row && toInvitation(row)
}

/** Whose token this is, whatever the tenant; undefined when it no longer works. */
export async function findByToken(db: Db, token: string): Promise<Invitation | undefined> {
  const hash = hashToken(token)
  const row = await withScope(db, {}, async (tx) => {
    await sql`SELECT set_config('app.invitation', ${hash.toString('hex')}, true)`.execute(tx)
    return maybe(
      tx,
      sql<InvitationRow>`SELECT ${columns} FROM identity.invitations WHERE token_hash = ${hash} AND ${isOpen} AND expires_at > now()`,
    )
  })
  return row && toInvitation(row)
}

/** Marks an invitation accepted. Exactly one caller gets true. */
export async function claimInvitation(tx: Tx, { id, tenantId }: Invitation, token: string): Promise<boolean> {
  const claimed = await maybe(
    tx,
    sql`UPDATE identity.invitations SET accepted_at = now(), sealed_token = NULL
      WHERE tenant_id = ${tenantId} AND id = ${id} AND token_hash = ${hashToken(token)} AND ${isOpen} AND expires_at > now() RETURNING id`,
  )
  return claimed !== undefined
}

export async function revokeInvitation(tx: Tx, { id, tenantId }: Invitation): Promise<void> {
  await sql`UPDATE identity.invitations SET revoked_at = now(), sealed_token = NULL
    WHERE tenant_id = ${tenantId} AND id = ${id}`.execute(tx)
}

/** True when the address is that of somebody who was not erased. */
export async function isUserAddress(tx: Tx, tenantId: string, email: string): Promise<boolean> {
  const user = await maybe(tx, sql`SELECT FROM identity.users WHERE tenant_id = ${tenantId} AND email = ${email}`)
  return user !== undefined
}

function newLink(vault: Vault, id: string): { hash: Buffer; sealed: string } {
  const token = newToken()
  return { hash: hashToken(token), sealed: vault.seal(new Secret(token), linkContext('invitations', id)) }
}
