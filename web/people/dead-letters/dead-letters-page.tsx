import { Text } from '@mantine/core'
import { EmptyState, ListView, listQuery, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { DeadLetter } from '../api/types.ts'
import { AdministrationPage } from '../app/administration.tsx'
import { DeadLetterActions } from './dead-letter-actions.tsx'

const deadLettersQuery = listQuery<DeadLetter>({
  key: ['dead-letters'],
  path: '/dead-letters',
  refetchInterval: () => 10_000,
})

/** Events that a handler gave up, and what waits behind them. */
export function DeadLettersPage() {
  const { t } = useTranslation()
  return (
    <AdministrationPage title={t('deadLetters.title')} description={t('deadLetters.intro')}>
      <ListView
        query={useInfiniteQuery(deadLettersQuery)}
        label={t('deadLetters.title')}
        rowKey={({ eventId, handler }) => `${eventId} ${handler}`}
        empty={<EmptyState title={t('deadLetters.none')}>{t('deadLetters.noneText')}</EmptyState>}
        columns={[
          { key: 'event', header: t('deadLetters.event'), render: (letter) => <What letter={letter} /> },
          { key: 'handler', header: t('deadLetters.handler'), secondary: true, render: ({ handler }) => handler },
          {
            key: 'waiting',
            header: t('deadLetters.waiting'),
            secondary: true,
            align: 'right',
            render: ({ heldBack }) => heldBack,
          },
          {
            key: 'at',
            header: t('deadLetters.at'),
            secondary: true,
            render: ({ occurredAt }) => <TimeAgo iso={occurredAt} />,
          },
          {
            key: 'actions',
            header: t('deadLetters.actions'),
            align: 'right',
            render: (letter) => <DeadLetterActions letter={letter} />,
          },
        ]}
      />
    </AdministrationPage>
  )
}

function What({ letter: { type, lastError } }: { letter: DeadLetter }) {
  return (
    <>
      <Text fw={600}>{type}</Text>
      {lastError !== null && (
        <Text size="sm" c="dimmed" lineClamp={2} title={lastError}>
          {lastError}
        </Text>
      )}
    </>
  )
}
