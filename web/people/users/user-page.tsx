import { Page, Panel, PropertyList, QueryView, TextLink, TimeAgo, usePathParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { meQuery, userQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'
import { peoplePaths } from '../paths.ts'
import { EraseAction } from './erase-action.tsx'
import { DeactivationAction } from './deactivation-action.tsx'
import { UserRolesForm } from './user-roles-form.tsx'
import { UserState } from './user-state.tsx'
import { useUserRefusal } from './use-user-refusal.ts'

/** One person here: what they may do, and how to shut them out. */
export function UserPage() {
  return <QueryView query={useQuery(userQuery(usePathParameter('id')))}>{(user) => <Person user={user} />}</QueryView>
}

function Person({ user }: { user: User }) {
  const { t } = useTranslation()
  const refusal = useUserRefusal()
  const mayAudit = useMay()('audit.read')
  const isMe = useQuery(meQuery).data?.user.id === user.id
  return (
    <Page
      title={user.name}
      badge={<UserState state={user.state} />}
      description={isMe ? t('people.you', { email: user.email }) : user.email}
      back={<TextLink to={peoplePaths.people()}>{t('people.title')}</TextLink>}
    >
      <Panel title={t('people.facts')}>
        <PropertyList
          items={[
            { label: t('people.since'), value: <TimeAgo iso={user.createdAt} /> },
            {
              label: t('people.lastSignIn'),
              value: user.lastSignInAt === null ? t('people.never') : <TimeAgo iso={user.lastSignInAt} />,
            },
            {
              label: t('secondFactor.title'),
              value: t(user.secondFactor ? 'secondFactor.on' : 'secondFactor.off'),
            },
            ...(mayAudit
              ? [
                  {
                    label: t('audit.title'),
                    value: <TextLink to={peoplePaths.audit(user.id)}>{t('people.didWhat')}</TextLink>,
                  },
                ]
              : []),
          ]}
        />
      </Panel>
      <Panel title={t('people.roles')} description={t('people.rolesText')}>
        <UserRolesForm key={user.version} user={user} reason={refusal(null)} />
      </Panel>
      <Panel title={t('people.danger')} tone="danger">
        <DeactivationAction user={user} reason={refusal(user)} />
        <EraseAction user={user} reason={refusal(user)} />
      </Panel>
    </Page>
  )
}
