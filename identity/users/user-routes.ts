import { z } from 'zod'
import { expectedVersion, pageOf, type HttpServer } from '@platen/kit/http'
import { mapPage } from '@platen/kit/lists'
import { withScope } from '@platen/kit/sql'
import { principalOf, requesterOf, type PartOf } from '../authorize.ts'
import { changeAs } from '../grants/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { changeUser, eraseUser, setUserActive, userNotFound } from './change-user.ts'
import { registerProfileRoutes } from './profile-routes.ts'
import { findUser, listUsers, userList } from './user-store.ts'
import { userPatch, userSchema, userView } from './user-view.ts'

const url = '/api/v1/users'
const tags = ['users']
const read = { kind: 'permission', permission: 'users.read' } as const
const write = { kind: 'permission', permission: 'users.write' } as const
const params = z.strictObject({ id: z.uuid() })
const changing = ['not-found', 'user-outranks-you', 'last-owner']

/** The people of a tenant: the organisation in the control plane, the site in a site. */
export function registerUserRoutes(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  registerProfileRoutes(app, partsOf)
  registerReads(app, partsOf)
  registerChange(app, partsOf)
  for (const active of [false, true]) registerDeactivation(app, partsOf, active)
  registerErasure(app, partsOf)
}

function registerReads(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy: read },
    schema: {
      tags,
      summary: 'Users, newest first; those who were erased are not listed',
      querystring: userList.query,
      response: { 200: pageOf(userSchema) },
    },
    handler: async (request) => {
      const { tenantId } = principalOf(request)
      const { db, rules } = await partsOf(request)
      const page = await withScope(db, { tenantId }, (tx) => listUsers(tx, tenantId, rules.roles, request.query))
      return mapPage(page, userView)
    },
  })

  app.route({
    method: 'GET',
    url: `${url}/:id`,
    config: { policy: read, versioned: true, problems: ['not-found'] },
    schema: { tags, summary: 'One user', params, response: { 200: userSchema } },
    handler: async (request) => {
      const { tenantId } = principalOf(request)
      const { db, rules } = await partsOf(request)
      const user = await withScope(db, { tenantId }, (tx) => findUser(tx, tenantId, request.params.id, rules.roles))
      if (user === undefined) throw userNotFound()
      return userView(user)
    },
  })
}

function registerChange(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'PATCH',
    url: `${url}/:id`,
    config: { policy: write, versioned: true, problems: [...changing, 'grant-refused', 'role-unknown'] },
    schema: {
      tags,
      summary: 'Change the name or the roles of a user; new roles count within 5 seconds',
      params,
      body: userPatch,
      response: { 200: userSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const subject = { action: 'user.changed', resource: 'user', resourceId: id }
      const wanted = { ...request.body, versions: expectedVersion(request) }
      const parts = await partsOf(request)
      return userView(await changeAs(parts, requesterOf(request), subject, (change) => changeUser(change, id, wanted)))
    },
  })
}

function registerDeactivation(app: HttpServer, partsOf: PartOf<IdentityParts>, active: boolean): void {
  app.route({
    method: active ? 'DELETE' : 'PUT',
    url: `${url}/:id/deactivation`,
    config: {
      policy: write,
      versioned: true,
      problems: [...changing, 'own-user', ...(active ? ['user-limit-reached'] : [])],
    },
    schema: {
      tags,
      summary: active
        ? 'Let a user in again'
        : 'Shut a user out: their sessions end within 5 seconds; other organisations of the same account are not concerned',
      params,
      response: { 200: userSchema },
    },
    handler: async (request) => {
      const { id } = request.params
      const action = active ? 'user.reactivated' : 'user.deactivated'
      const wanted = { active, versions: expectedVersion(request) }
      const user = await changeAs(
        await partsOf(request),
        requesterOf(request),
        { action, resource: 'user', resourceId: id },
        (change) => setUserActive(change, id, wanted),
      )
      return userView(user)
    },
  })
}

function registerErasure(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'DELETE',
    url: `${url}/:id`,
    config: { policy: write, versioned: true, problems: [...changing, 'own-user'] },
    schema: {
      tags,
      summary: 'Erase a user for good: name and address go, what they did stays without them',
      params,
      response: { 204: z.null() },
    },
    handler: async (request, reply) => {
      const { id } = request.params
      const subject = { action: 'user.erased', resource: 'user', resourceId: id }
      const versions = expectedVersion(request)
      await changeAs(await partsOf(request), requesterOf(request), subject, (change) => eraseUser(change, id, versions))
      return reply.code(204).send(null)
    },
  })
}
