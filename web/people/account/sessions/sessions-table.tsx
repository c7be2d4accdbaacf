import { Button, Text } from '@mantine/core'
import { api, ListView, ProblemAlert, StateBadge, TimeAgo } from '@platen/ui'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { sessionsQuery } from '../../api/queries.ts'
import type { Session } from '../../api/types.ts'
import { describeAgent } from './describe-agent.ts'

export function SessionsTable() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const end = useMutation({
    mutationFn: ({ id }: Session) => api.send('DELETE', `/auth/sessions/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: ['account', 'sessions'] }),
  })
  return (
    <>
      <ProblemAlert error={end.error} />
      <ListView
        query={useInfiniteQuery(sessionsQuery)}
        label={t('sessions.title')}
        rowKey={(session) => session.id}
        empty={null}
        columns={[
          { key: 'device', header: t('sessions.device'), render: (session) => <Device session={session} /> },
          {
            key: 'ip',
            header: t('sessions.address'),
            secondary: true,
            render: ({ ip }) => ip ?? '–',
          },
          {
            key: 'since',
            header: t('sessions.since'),
            secondary: true,
            render: ({ createdAt }) => <TimeAgo iso={createdAt} />,
          },
          {
            key: 'used',
            header: t('sessions.lastUsed'),
            render: ({ lastUsedAt }) => <TimeAgo iso={lastUsedAt} />,
          },
          {
            key: 'end',
            header: t('sessions.end'),
            align: 'right',
            render: (session) => (
              <EndButton
                session={session}
                isWorking={end.isPending && end.variables.id === session.id}
                onEnd={() => end.mutate(session)}
              />
            ),
          },
        ]}
      />
    </>
  )
}

function Device({ session }: { session: Session }) {
  const { t } = useTranslation()
  return (
    <>
      <Text fw={600}>{useAgentText()(session)}</Text>
      <Text size="sm" c="dimmed">
        {t(`sessions.method.${session.method}`)}
        {session.secondFactor !== null && ` · ${t('sessions.secondFactor')}`}
      </Text>
    </>
  )
}

interface EndButtonProps {
  session: Session
  isWorking: boolean
  onEnd: () => void
}

function EndButton({ session, isWorking, onEnd }: EndButtonProps) {
  const { t } = useTranslation()
  const name = useAgentText()(session)
  if (session.current) return <StateBadge tone="ok" label={t('sessions.current')} />
  return (
    <Button
      size="compact-sm"
      variant="default"
      loading={isWorking}
      aria-label={t('sessions.endNamed', { name })}
      onClick={onEnd}
    >
      {t('sessions.end')}
    </Button>
  )
}

/** A session's program in words. */
function useAgentText(): (session: Session) => string {
  const { t } = useTranslation()
  return ({ userAgent }) => {
    const { program, system } = describeAgent(userAgent ?? '')
    if (program === null) return userAgent?.slice(0, 60) ?? t('sessions.unknownDevice')
    return system === null ? program : t('sessions.on', { program, system })
  }
}
