import { Text } from '@mantine/core'
import { DataTable, MoreButton, Panel, StateBadge, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { invitationsQuery } from '../api/queries.ts'
import type { Invitation } from '../api/types.ts'
import { useRoleNames } from '../roles/use-role-names.ts'
import { InvitationActions } from './invitation-actions.tsx'

/** Invitations that wait for an answer; nothing when there are none. */
export function InvitationsPanel() {
  const { t } = useTranslation()
  const roleNames = useRoleNames()
  const query = useInfiniteQuery(invitationsQuery)
  const invitations = query.data?.pages.flatMap(({ items }) => items) ?? []
  if (invitations.length === 0) return null
  return (
    <Panel title={t('invite.open')} description={t('invite.openText')}>
      <DataTable
        label={t('invite.open')}
        rows={invitations}
        rowKey={({ id }) => id}
        columns={[
          { key: 'who', header: t('people.person'), render: (invitation) => <Invited invitation={invitation} /> },
          {
            key: 'roles',
            header: t('people.roles'),
            secondary: true,
            render: ({ roles }) => roleNames(roles),
          },
          { key: 'state', header: t('people.stateHead'), render: (invitation) => <State invitation={invitation} /> },
          {
            key: 'actions',
            header: t('invite.actions'),
            align: 'right',
            render: (invitation) => <InvitationActions invitation={invitation} />,
          },
        ]}
      />
      <MoreButton query={query} />
    </Panel>
  )
}

function Invited({ invitation: { email, name, invitedBy } }: { invitation: Invitation }) {
  const { t } = useTranslation()
  return (
    <>
      <Text fw={600}>{name === '' ? email : name}</Text>
      <Text size="sm" c="dimmed">
        {name !== '' && `${email} · `}
        {t('invite.by', { name: invitedBy })}
      </Text>
    </>
  )
}

function State({ invitation: { state, sentAt, expiresAt } }: { invitation: Invitation }) {
  const { t } = useTranslation()
  if (state === 'expired') return <StateBadge tone="warn" label={t('invite.expired')} />
  if (sentAt === null) return <StateBadge tone="work" label={t('invite.onItsWay')} />
  return (
    <>
      <StateBadge tone="idle" label={t('invite.waits')} />
      <Text size="sm" c="dimmed">
        {t('invite.until')} <TimeAgo iso={expiresAt} />
      </Text>
    </>
  )
}
