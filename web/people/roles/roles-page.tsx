import { Text } from '@mantine/core'
import { ActionButton, DataTable, QueryView, TextLink, useGo } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { rolesQuery } from '../api/queries.ts'
import type { Role } from '../api/types.ts'
import { AdministrationPage } from '../app/administration.tsx'
import { useMay } from '../app/use-may.ts'
import { peoplePaths } from '../paths.ts'
import { useRoleName } from './use-role-names.ts'

/** Roles of the system and own ones. */
export function RolesPage() {
  const { t } = useTranslation()
  const go = useGo()
  const reason = useMay()('roles.write') ? null : t('roles.mayNot')
  const create = (
    <ActionButton
      label={t('roles.new')}
      reason={reason}
      leftSection={<IconPlus size={16} />}
      onClick={() => go.push(peoplePaths.newRole())}
    />
  )
  return (
    <AdministrationPage title={t('roles.title')} description={t('roles.intro')} action={create}>
      <QueryView query={useQuery(rolesQuery)}>
        {({ items }) => (
          <DataTable
            label={t('roles.title')}
            rows={items}
            rowKey={(role) => role.id}
            columns={[
              { key: 'name', header: t('roles.name'), render: (role) => <Name role={role} /> },
              {
                key: 'kind',
                header: t('roles.kind'),
                secondary: true,
                render: (role) => t(role.system ? 'roles.system' : 'roles.own'),
              },
              {
                key: 'permissions',
                header: t('roles.permissions'),
                align: 'right',
                render: ({ permissions }) => (permissions.includes('*') ? t('roles.everything') : permissions.length),
              },
              { key: 'users', header: t('roles.users'), align: 'right', render: ({ users }) => users },
            ]}
          />
        )}
      </QueryView>
    </AdministrationPage>
  )
}

function Name({ role }: { role: Role }) {
  const { t } = useTranslation()
  const text = role.system ? t(`roleText.${role.id}`, { defaultValue: '' }) : role.description
  return (
    <>
      <TextLink to={peoplePaths.role(role.id)}>{useRoleName()(role)}</TextLink>
      {text !== '' && (
        <Text size="sm" c="dimmed">
          {text}
        </Text>
      )}
    </>
  )
}
