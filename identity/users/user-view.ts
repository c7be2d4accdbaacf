import { z } from 'zod'
import { mailLocales } from '../mails/index.ts'
import { heldRole } from '../principal.ts'
import { lineOfText, roleIds } from '../roles/index.ts'
import type { User } from './user-store.ts'

export const userName = lineOfText(200).min(1)
export const localeSchema = z.enum(mailLocales).meta({ description: 'Language of mails.' })

export const userPatch = z.strictObject({ name: userName.optional(), roles: roleIds.optional() })
export const profilePatch = z.strictObject({ name: userName.optional(), locale: localeSchema.optional() })

export const userSchema = z
  .strictObject({
    id: z.uuid(),
    email: z.string(),
    name: z.string(),
    roles: z.array(heldRole),
    state: z.enum(['active', 'disabled']),
    secondFactor: z.boolean().meta({ description: 'Signing in takes a code as well.' }),
    lastSignInAt: z.iso.datetime().nullable(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'User' })

export const profileSchema = userSchema.extend({ locale: localeSchema.nullable() }).meta({ id: 'OwnUser' })

export const userView = (user: User): z.infer<typeof userSchema> => ({
  id: user.id,
  email: user.email,
  name: user.name,
  roles: [...user.roles],
  state: user.state,
  secondFactor: user.secondFactor,
  lastSignInAt: user.lastSignInAt?.toISOString() ?? null,
  version: user.version,
  createdAt: user.createdAt.toISOString(),
  updatedAt: user.updatedAt.toISOString(),
})

export const profileView = (user: User): z.infer<typeof profileSchema> => ({
  ...userView(user),
  locale: mailLocales.find((locale) => locale === user.locale) ?? null,
})
