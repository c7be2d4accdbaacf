import { Text } from '@mantine/core'
import { EmptyState, ListView, TextLink, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { usersQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'
import { useRoleNames } from '../roles/use-role-names.ts'
import { UserState } from './user-state.tsx'

export function UsersTable({ search, state }: { search: string; state: string }) {
  const { t } = useTranslation()
  const roleNames = useRoleNames()
  return (
    <ListView
      query={useInfiniteQuery(usersQuery(search, state))}
      label={t('people.title')}
      rowKey={(user) => user.id}
      empty={<EmptyState title={search === '' ? t('people.noneLikeThis') : t('people.noMatch', { search })} />}
      columns={[
        { key: 'person', header: t('people.person'), render: (user) => <Person user={user} /> },
        { key: 'roles', header: t('people.roles'), render: (user) => roleNames(user.roles) },
        { key: 'state', header: t('people.stateHead'), render: (user) => <UserState state={user.state} /> },
        {
          key: 'factor',
          header: t('secondFactor.title'),
          secondary: true,
          render: (user) => t(user.secondFactor ? 'secondFactor.on' : 'secondFactor.off'),
        },
        {
          key: 'signedIn',
          header: t('people.lastSignIn'),
          secondary: true,
          render: (user) => (user.lastSignInAt === null ? t('people.never') : <TimeAgo iso={user.lastSignInAt} />),
        },
      ]}
    />
  )
}

function Person({ user }: { user: User }) {
  return (
    <>
      <TextLink to={peoplePaths.user(user.id)}>{user.name}</TextLink>
      <Text size="sm" c="dimmed">
        {user.email}
      </Text>
    </>
  )
}
