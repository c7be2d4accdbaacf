import { useTranslation } from 'react-i18next'

export interface PermissionNames {
  resourceName(resource: string): string
  actionName(action: string): string
  /** `sites.read` in words. */
  permissionName(permission: string): string
}

/** Permissions in words. The app adds the words of its own resources; one that nobody has a word for shows as it is. */
export function usePermissionNames(): PermissionNames {
  const { t } = useTranslation()
  const resourceName = (resource: string): string => t(`resource.${resource}`, { defaultValue: resource })
  const actionName = (action: string): string => t(`permissionAction.${action}`, { defaultValue: action })
  return {
    resourceName,
    actionName,
    permissionName(permission) {
      const [resource = '', action = ''] = permission.split('.')
      return `${resourceName(resource)}: ${actionName(action)}`
    },
  }
}
