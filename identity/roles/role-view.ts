import { z } from 'zod'
import type { RoleTable } from '../principal.ts'
import type { OwnRole, RoleUse } from './role-store.ts'

/** One line that people typed: no control characters, no blanks around it. */
export const lineOfText = (longest: number) =>
  z
    .string()
    .trim()
    .max(longest)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u, 'must not contain control characters')

/** The ids of roles that somebody is to have. */
export const roleIds = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(50)
  .meta({ description: 'Ids of roles: of a system role its name.', examples: [['reader']] })

const details = {
  name: lineOfText(100).min(1),
  description: lineOfText(500),
  permissions: z.array(z.string().min(1).max(100)).min(1).max(500),
}
export const roleInput = z.strictObject({ ...details, description: details.description.default('') })
export const rolePatch = z.strictObject(details).partial()

export const roleSchema = z
  .strictObject({
    id: z.string().meta({ description: 'Of a system role its name.' }),
    name: z.string(),
    description: z.string(),
    system: z.boolean().meta({ description: 'True: the same everywhere, changed by releases only.' }),
    permissions: z.array(z.string()).meta({ description: '`*` is every permission.' }),
    users: z.int().meta({ description: 'How many users have it.' }),
    version: z.int().nullable(),
    createdAt: z.iso.datetime().nullable(),
    updatedAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Role' })
type RoleAnswer = z.infer<typeof roleSchema>

export const ownRoleView = (role: OwnRole, use: RoleUse | undefined): RoleAnswer => ({
  id: role.id,
  name: role.name,
  description: role.description,
  system: false,
  permissions: role.permissions,
  users: use?.users ?? 0,
  version: role.version,
  createdAt: role.createdAt.toISOString(),
  updatedAt: role.updatedAt.toISOString(),
})

export const systemRoleViews = (roles: RoleTable, uses: ReadonlyMap<string, RoleUse>): RoleAnswer[] =>
  Object.entries(roles).map(([name, permissions]) => ({
    id: name,
    name,
    description: '',
    system: true,
    permissions: [...permissions],
    users: uses.get(name)?.users ?? 0,
    version: null,
    createdAt: null,
    updatedAt: null,
  }))
