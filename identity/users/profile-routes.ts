import { expectedVersion, type HttpServer } from '@platen/kit/http'
import { withScope } from '@platen/kit/sql'
import { principalOf, requesterOf, type PartOf } from '../authorize.ts'
import { changeAs } from '../grants/index.ts'
import type { IdentityParts } from '../identity-parts.ts'
import { changeOwnProfile, userNotFound } from './change-user.ts'
import { findUser } from './user-store.ts'
import { profilePatch, profileSchema, profileView } from './user-view.ts'

const url = '/api/v1/users/me'
const tags = ['users']

/** One's own user, which needs no permission. */
export function registerProfileRoutes(app: HttpServer, partsOf: PartOf<IdentityParts>): void {
  app.route({
    method: 'GET',
    url,
    config: { policy: { kind: 'authenticated' }, versioned: true },
    schema: { tags, summary: 'Your own user', response: { 200: profileSchema } },
    handler: async (request) => {
      const { tenantId, userId } = principalOf(request)
      const { db, rules } = await partsOf(request)
      const user = await withScope(db, { tenantId }, (tx) => findUser(tx, tenantId, userId, rules.roles))
      if (user === undefined) throw userNotFound()
      return profileView(user)
    },
  })

  app.route({
    method: 'PATCH',
    url,
    config: { policy: { kind: 'authenticated' }, versioned: true },
    schema: {
      tags,
      summary: 'Change your name or the language of your mails',
      body: profilePatch,
      response: { 200: profileSchema },
    },
    handler: async (request) => {
      const requester = requesterOf(request)
      const subject = { action: 'profile.changed', resource: 'user', resourceId: requester.principal.userId }
      const wanted = { ...request.body, versions: expectedVersion(request) }
      const user = await changeAs(await partsOf(request), requester, subject, (change) =>
        changeOwnProfile(change, wanted),
      )
      return profileView(user)
    },
  })
}
