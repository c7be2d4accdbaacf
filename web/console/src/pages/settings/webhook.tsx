import { Button, Group, Text } from '@mantine/core'
import { api, ConfirmDialog, notifySuccess, ProblemAlert, StateBadge, TimeAgo } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { alertWebhooksQuery } from '../../api/platform.ts'
import type { AlertWebhook } from '../../api/platform.ts'
import classes from './settings-page.module.css'

export function Webhook({ webhook }: { webhook: AlertWebhook }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const again = () => client.invalidateQueries({ queryKey: alertWebhooksQuery.queryKey })
  const test = useMutation({
    mutationFn: () => api.send<AlertWebhook>('POST', `/alert-webhooks/${webhook.id}/tests`),
    onSuccess: () => notifySuccess(t('webhooks.testSent')),
    onSettled: again,
  })
  const remove = useMutation({
    mutationFn: () => api.send<undefined>('DELETE', `/alert-webhooks/${webhook.id}`),
    onSuccess: again,
  })
  return (
    <li className={classes.item}>
      <div className={classes.words}>
        <Text fw={600}>{webhook.url}</Text>
        <LastDelivery webhook={webhook} />
        <ProblemAlert error={test.error} />
      </div>
      <Group gap="xs">
        <Button variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('webhooks.test')}
        </Button>
        <Button variant="subtle" onClick={() => setAsked(true)}>
          {t('webhooks.remove')}
        </Button>
      </Group>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('webhooks.removeTitle')}
        confirmLabel={t('webhooks.remove')}
        isWorking={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t('webhooks.removeText', { url: webhook.url })}
      </ConfirmDialog>
    </li>
  )
}

const tones: Record<NonNullable<AlertWebhook['lastDelivery']>['state'], Tone> = {
  delivered: 'ok',
  retrying: 'warn',
  failed: 'bad',
}

function LastDelivery({ webhook: { lastDelivery: last, signed } }: { webhook: AlertWebhook }) {
  const { t } = useTranslation()
  return (
    <Group gap="xs">
      {last === null ? (
        <StateBadge tone="idle" label={t('webhooks.neverTold')} />
      ) : (
        <>
          <StateBadge tone={tones[last.state]} label={t(`webhooks.state.${last.state}`)} />
          <Text size="sm" c="dimmed">
            <TimeAgo iso={last.at} />
            {last.state !== 'delivered' && ` · ${last.detail}`}
          </Text>
        </>
      )}
      {!signed && (
        <Text size="sm" c="dimmed">
          · {t('webhooks.unsigned')}
        </Text>
      )}
    </Group>
  )
}
