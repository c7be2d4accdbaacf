import { useTranslation } from 'react-i18next'
import type { HeldRole } from '../api/types.ts'

/** Roles in words: those of the system have names in both languages, own ones the name they were given. */
export function useRoleNames(): (roles: readonly HeldRole[]) => string {
  const roleName = useRoleName()
  const { t } = useTranslation()
  return (roles) => (roles.length === 0 ? t('people.noRole') : roles.map(roleName).join(', '))
}

export function useRoleName(): (role: HeldRole) => string {
  const { t } = useTranslation()
  return ({ id, name, system }) => (system ? t(`role.${id}`, { defaultValue: name }) : name)
}
