import { Page, Panel, QueryView, TextLink, usePathParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { permissionsQuery, roleQuery } from '../api/queries.ts'
import type { Role } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'
import { peoplePaths } from '../paths.ts'
import { DeleteRole } from './delete-role.tsx'
import { PermissionMatrix } from './permission-matrix.tsx'
import { RoleForm } from './role-form.tsx'
import { useRoleName } from './use-role-names.ts'

export function RolePage() {
  return <QueryView query={useQuery(roleQuery(usePathParameter('id')))}>{(role) => <OneRole role={role} />}</QueryView>
}

function OneRole({ role }: { role: Role }) {
  const { t } = useTranslation()
  const mayChange = useMay()('roles.write')
  return (
    <Page
      title={useRoleName()(role)}
      description={
        role.system ? t(`roleText.${role.id}`, { defaultValue: '' }) : t('roles.usedBy', { count: role.users })
      }
      back={<TextLink to={peoplePaths.roles()}>{t('roles.title')}</TextLink>}
    >
      {role.system || !mayChange ? (
        <ShownPermissions role={role} />
      ) : (
        <>
          <Panel>
            <RoleForm key={role.version} role={role} />
          </Panel>
          <DeleteRole role={role} />
        </>
      )}
    </Page>
  )
}

/** What a role allows, where it cannot be changed. */
function ShownPermissions({ role }: { role: Role }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('roles.permissions')} description={t(role.system ? 'roles.systemText' : 'roles.mayNot')}>
      <QueryView query={useQuery(permissionsQuery)}>
        {({ items }) => (
          <PermissionMatrix
            label={t('roles.permissions')}
            permissions={items}
            chosen={new Set(role.permissions)}
            reason={t(role.system ? 'matrix.fixed' : 'roles.mayNot')}
          />
        )}
      </QueryView>
    </Panel>
  )
}

/** A role of one's own, from nothing. */
export function NewRolePage() {
  const { t } = useTranslation()
  return (
    <Page
      title={t('roles.new')}
      description={t('roles.newText')}
      back={<TextLink to={peoplePaths.roles()}>{t('roles.title')}</TextLink>}
    >
      <Panel>
        <RoleForm />
      </Panel>
    </Page>
  )
}
