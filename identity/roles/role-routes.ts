import { z } from 'zod'
import { expectedVersion, pageOf, type HttpServer } from '@platen/kit/http'
import { withScope } from '@platen/kit/sql'
import { principalOf, requesterOf, type PartOf } from '../authorize.ts'
import { changeAs, changeOnce } from '../grants/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { mayDo } from '../principal.ts'
import { countHolders, findOwnRole, listOwnRoles, type OwnRole } from './role-store.ts'
import { ownRoleView, roleInput, rolePatch, roleSchema, systemRoleViews } from './role-view.ts'
import { changeOwnRole, createOwnRole, deleteOwnRole, roleNotFound } from './save-role.ts'

const url = '/api/v1/roles'
const tags = ['roles']
const read = { kind: 'permission', permission: 'roles.read' } as const
const write = { kind: 'permission', permission: 'roles.write' } as const
const params = z.strictObject({ id: z.string().min(1).max(100) })
const writing = ['grant-refused', 'permission-unknown', 'role-name-taken']
const changing = ['not-found', 'role-is-system', 'grant-refused']

/** Roles of the system and of the tenant, and the permissions they are made of. */
export function registerRoleRoutes(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  registerPermissions(app, partsOf)
  registerReads(app, partsOf)
  registerCreation(app, partsOf)
  registerChanges(app, partsOf)
}

function registerPermissions(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'GET',
    url: '/api/v1/permissions',
    config: { policy: { kind: 'authenticated' } },
    schema: {
      tags,
      summary: 'Every permission there is here, and whether you hold it',
      response: {
        200: z.strictObject({
          items: z.array(
            z
              .strictObject({ name: z.string(), resource: z.string(), action: z.string(), held: z.boolean() })
              .meta({ id: 'Permission' }),
          ),
        }),
      },
    },
    handler: async (request) => {
      const principal = principalOf(request)
      const { rules } = await partsOf(request)
      const items = rules.permissions.map((name) => {
        const [resource = '', action = ''] = name.split('.')
        return { name, resource, action, held: mayDo(principal, name) }
      })
      return { items }
    },
  })
}

function registerReads(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy: read },
    schema: {
      tags,
      summary: 'Roles: those of the system, then your own by name. All of them in one page',
      response: { 200: pageOf(roleSchema) },
    },
    handler: async (request) => {
      const { tenantId } = principalOf(request)
      const { db, rules } = await partsOf(request)
      return withScope(db, { tenantId }, async (tx) => {
        const uses = await countHolders(tx, tenantId)
        const own = await listOwnRoles(tx, tenantId)
        const views = own.map((role) => ownRoleView(role, uses.get(role.id)))
        return { items: [...systemRoleViews(rules.roles, uses), ...views], nextCursor: null }
      })
    },
  })

  app.route({
    method: 'GET',
    url: `${url}/:id`,
    config: { policy: read, versioned: true, problems: ['not-found'] },
    schema: { tags, summary: 'One role', params, response: { 200: roleSchema } },
    handler: async (request) => {
      const { tenantId } = principalOf(request)
      const { db, rules } = await partsOf(request)
      const { id } = request.params
      return withScope(db, { tenantId }, async (tx) => {
        const uses = await countHolders(tx, tenantId)
        const system = systemRoleViews(rules.roles, uses).find((role) => role.id === id)
        if (system !== undefined) return system
        const role = await findOwnRole(tx, tenantId, id)
        if (role === undefined) throw roleNotFound()
        return viewOf(role, uses.get(id)?.users)
      })
    },
  })
}

function registerCreation(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'POST',
    url,
    config: { policy: write, problems: writing, idempotent: true },
    schema: {
      tags,
      summary: 'Make a role of your own, of permissions that you hold',
      body: roleInput,
      response: { 201: roleSchema },
    },
    handler: async (request, reply) => {
      const subject = { action: 'role.created', resource: 'role' }
      const { body } = await changeOnce(await partsOf(request), request, subject, async (change) => ({
        status: 201,
        body: viewOf(await createOwnRole(change, request.body)),
      }))
      return reply.code(201).send(body)
    },
  })
}

function registerChanges(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'PATCH',
    url: `${url}/:id`,
    config: { policy: write, versioned: true, problems: [...changing, ...writing.slice(1)] },
    schema: {
      tags,
      summary:
        'Change a role of your own; who has it may do the new things, and no longer the old ones, within 5 seconds',
      params,
      body: rolePatch,
      response: { 200: roleSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const subject = { action: 'role.changed', resource: 'role', resourceId: id }
      const versions = expectedVersion(request)
      const [role, users] = await changeAs(await partsOf(request), requesterOf(request), subject, async (change) => {
        const changed = await changeOwnRole(change, id, { details: request.body, versions })
        return [changed, (await countHolders(change.tx, change.tenantId)).get(id)?.users] as const
      })
      return viewOf(role, users)
    },
  })

  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy: write, versioned: true, problems: [...changing, 'role-in-use'] },
    schema: {
      tags,
      summary: 'Delete a role that nobody has',
      params,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const subject = { action: 'role.deleted', resource: 'role', resourceId: id }
      await changeAs(await partsOf(request), requesterOf(request), subject, (change) =>
        deleteOwnRole(change, id, expectedVersion(request)),
      )
      return reply.code(204).send(null)
    },
  })
}

const viewOf = (role: OwnRole, users = 0): z.infer<typeof roleSchema> => ownRoleView(role, { users, invitations: 0 })
