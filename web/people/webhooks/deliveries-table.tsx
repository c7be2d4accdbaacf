import { Text } from '@mantine/core'
import { ActionButton, api, EmptyState, ListView, notifySuccess, ProblemAlert, TimeAgo, useFormat } from '@platen/ui'
import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { WebhookDelivery } from '../api/types.ts'
import { OutcomeBadge } from './outcome-badge.tsx'
import { deliveriesQuery } from './webhook-queries.ts'

/** Every attempt, newest first, and sending one event again. */
export function DeliveriesTable({ webhookId, reason }: { webhookId: string; reason: string | null }) {
  const { t } = useTranslation()
  const format = useFormat()
  const client = useQueryClient()
  const replay = useMutation({
    mutationFn: ({ eventId }: WebhookDelivery) =>
      api.send('POST', `/webhooks/${webhookId}/deliveries/${eventId}/replays`),
    onSuccess: () => notifySuccess(t('webhook.replayed')),
    onSettled: () => client.invalidateQueries({ queryKey: ['webhooks', webhookId] }),
  })
  return (
    <>
      <ProblemAlert error={replay.error} />
      <ListView
        query={useInfiniteQuery(deliveriesQuery(webhookId))}
        label={t('webhook.log')}
        rowKey={(delivery) => delivery.id}
        empty={<EmptyState title={t('webhook.noDelivery')}>{t('webhook.noDeliveryText')}</EmptyState>}
        columns={[
          { key: 'event', header: t('webhook.event'), render: (delivery) => <What delivery={delivery} /> },
          { key: 'outcome', header: t('webhook.outcome'), render: ({ outcome }) => <OutcomeBadge outcome={outcome} /> },
          {
            key: 'attempt',
            header: t('webhook.attempt'),
            secondary: true,
            align: 'right',
            render: ({ attempt }) => attempt,
          },
          {
            key: 'duration',
            header: t('webhook.duration'),
            secondary: true,
            align: 'right',
            render: ({ durationMs }) => t('webhook.ms', { number: format.quantity(durationMs) }),
          },
          { key: 'at', header: t('webhook.at'), secondary: true, render: ({ at }) => <TimeAgo iso={at} /> },
          {
            key: 'replay',
            header: t('webhook.replay'),
            align: 'right',
            render: (delivery) => (
              <ActionButton
                label={t('webhook.replay')}
                reason={reason ?? (delivery.outcome === 'retrying' ? t('webhook.isRetried') : null)}
                size="compact-sm"
                variant="default"
                loading={replay.isPending && replay.variables.id === delivery.id}
                onClick={() => replay.mutate(delivery)}
              />
            ),
          },
        ]}
      />
    </>
  )
}

function What({ delivery: { type, detail } }: { delivery: WebhookDelivery }) {
  return (
    <>
      <Text fw={600}>{type}</Text>
      <Text size="sm" c="dimmed" lineClamp={2} title={detail}>
        {detail}
      </Text>
    </>
  )
}
