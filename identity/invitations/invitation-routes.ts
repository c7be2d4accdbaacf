import { z } from 'zod'
import { pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope } from '@platen/kit/sql'
import { principalOf, requesterOf, type PartOf } from '../authorize.ts'
import { changeAs, changeOnce } from '../grants/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { heldRole, type HeldRole } from '../principal.ts'
import { lineOfText, nameRoles, roleIds } from '../roles/index.ts'
import { localeSchema } from '../users/index.ts'
import { invitationList, listOpenInvitations, type Invitation } from './invitation-store.ts'
import { invite, remind, revoke } from './invite.ts'

const url = '/api/v1/invitations'
const tags = ['invitations']
const read = { kind: 'permission', permission: 'users.read' } as const
const write = { kind: 'permission', permission: 'users.write' } as const
const params = z.strictObject({ id: z.uuid() })
const resource = 'invitation'

const invitationInput = z.strictObject({
  email: z.email().max(320),
  name: lineOfText(200).default(''),
  roles: roleIds,
  locale: localeSchema.optional(),
})

const invitationSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(heldRole),
    locale: z.string().nullable(),
    state: z.enum(['open', 'expired']),
    invitedBy: z.string(),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
    sentAt: z.iso.datetime().nullable().meta({ description: 'Null while its mail waits to be sent.' }),
  })
  .meta({ id: 'Invitation' })

/** Inviting people, for those who may change users. */
export function registerInvitationRoutes(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  registerList(app, partsOf)
  registerCreation(app, partsOf)
  registerReminder(app, partsOf)
  registerRevocation(app, partsOf)
}

function registerList(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy: read },
    schema: {
      tags,
      summary: 'Invitations that nobody has accepted or withdrawn, newest first',
      querystring: invitationList.query,
      response: { 200: pageOf(invitationSchema) },
    },
    handler: async (request) => {
      const { tenantId } = principalOf(request)
      const parts = await partsOf(request)
      return withScope(parts.db, { tenantId }, async (tx) => {
        const page = await listOpenInvitations(tx, tenantId, request.query)
        const named = await nameRoles(tx, tenantId, parts.rules)
        return mapPage(page, (invitation) => invitationView(invitation, named(invitation.roles)))
      })
    },
  })
}

function registerCreation(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'POST',
    url,
    config: {
      policy: write,
      problems: ['role-unknown', 'grant-refused', 'user-exists', 'user-limit-reached'],
      idempotent: true,
    },
    schema: {
      tags,
      summary: 'Invite somebody by mail; an open invitation of the same address is replaced',
      body: invitationInput,
      response: { 201: invitationSchema },
    },
    handler: async (request, reply) => {
      const parts = await partsOf(request)
      const { locale = null, ...wanted } = request.body
      const { body } = await changeOnce(parts, request, { action: 'invitation.created', resource }, async (change) => {
        const invitation = await invite(change, { ...wanted, locale })
        return { status: 201, body: await viewIn(change, parts, invitation) }
      })
      return reply.code(201).send(body)
    },
  })
}

function registerReminder(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'POST',
    url: `${url}/:id/reminders`,
    config: { policy: write, problems: ['not-found', 'grant-refused', 'user-limit-reached', 'role-unknown'] },
    schema: {
      tags,
      summary: 'Send an invitation again with a new link; the old link stops working',
      params,
      response: { 202: invitationSchema },
    },
    handler: async (request, reply) => {
      const parts = await partsOf(request)
      const { id } = request.params
      const subject = { action: 'invitation.renewed', resource, resourceId: id }
      const answer = await changeAs(parts, requesterOf(request), subject, (change) =>
        remind(change, id).then((invitation) => viewIn(change, parts, invitation)),
      )
      return reply.code(202).send(answer)
    },
  })
}

function registerRevocation(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy: write, problems: ['not-found', 'grant-refused', 'role-unknown'] },
    schema: { tags, summary: 'Withdraw an invitation', params, response: { 204: z.null() } },
    handler: async (request, reply) => {
      const { id } = request.params
      const subject = { action: 'invitation.withdrawn', resource, resourceId: id }
      await changeAs(await partsOf(request), requesterOf(request), subject, (change) => revoke(change, id))
      return reply.code(204).send(null)
    },
  })
}

async function viewIn(
  { tx, tenantId }: { tx: Parameters<typeof nameRoles>[0]; tenantId: string },
  { rules }: IdentityParts,
  invitation: Invitation,
): Promise<z.infer<typeof invitationSchema>> {
  const named = await nameRoles(tx, tenantId, rules)
  return invitationView(invitation, named(invitation.roles))
}

const invitationView = (invitation: Invitation, roles: HeldRole[]): z.infer<typeof invitationSchema> => ({
  id: invitation.id,
  email: invitation.email,
  name: invitation.name,
  roles,
  locale: invitation.locale,
  state: invitation.expired ? 'expired' : 'open',
  invitedBy: invitation.invitedBy,
  createdAt: invitation.createdAt.toISOString(),
  expiresAt: invitation.expiresAt.toISOString(),
  sentAt: invitation.sentAt?.toISOString() ?? null,
})
