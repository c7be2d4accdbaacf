import { Checkbox, Stack } from '@mantine/core'
import { QueryView } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { permissionsQuery, rolesQuery } from '../api/queries.ts'
import type { Permission, Role } from '../api/types.ts'
import { useRoleName } from './use-role-names.ts'

interface RoleChoiceProps {
  /** Ids. */
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
  error?: string | undefined
  /** Why none can be changed; null when they can. */
  reason?: string | null
  /** Stands below a heading that says it already. */
  isTitled?: boolean
}

/** Which roles somebody has. One that holds more than who asks cannot be given and says so. */
export function RoleChoice({ chosen, onChange, error, reason = null, isTitled }: RoleChoiceProps) {
  const { t } = useTranslation()
  const roles = useQuery(rolesQuery)
  const permissions = useQuery(permissionsQuery).data?.items ?? []
  return (
    <QueryView query={roles}>
      {({ items }) => (
        <Checkbox.Group
          {...(isTitled ? { 'aria-label': t('people.roles') } : { label: t('people.roles') })}
          value={[...chosen]}
          onChange={(ids) => onChange(new Set(ids))}
          error={error}
        >
          <Stack gap="xs" mt={isTitled ? 0 : 'xs'}>
            {items.map((role) => (
              <RoleBox
                key={role.id}
                role={role}
                reason={reason ?? (mayGive(role, permissions) ? null : t('roles.exceedsYou'))}
              />
            ))}
          </Stack>
        </Checkbox.Group>
      )}
    </QueryView>
  )
}

function RoleBox({ role, reason }: { role: Role; reason: string | null }) {
  const { t } = useTranslation()
  const roleName = useRoleName()
  return (
    <Checkbox
      value={role.id}
      label={roleName(role)}
      description={reason ?? (role.system ? t(`roleText.${role.id}`, { defaultValue: '' }) : role.description)}
      disabled={reason !== null}
    />
  )
}

/** `*` needs every permission there is. */
function mayGive(role: Role, permissions: readonly Permission[]): boolean {
  const held = new Set(permissions.filter((one) => one.held).map(({ name }) => name))
  return role.permissions.includes('*')
    ? held.size === permissions.length
    : role.permissions.every((permission) => held.has(permission))
}
