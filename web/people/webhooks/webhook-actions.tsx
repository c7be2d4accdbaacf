import { Group } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { MadeWebhook, Webhook } from '../api/types.ts'

interface WebhookActionsProps {
  webhook: Webhook
  /** Why nothing may be changed; null when it may. */
  reason: string | null
  onSecret: (secret: string) => void
}

/** A test, on and off, and a new secret. */
export function WebhookActions({ webhook, reason, onSecret }: WebhookActionsProps) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const { id, enabled, hasSecret, version } = webhook
  const again = () => client.invalidateQueries({ queryKey: ['webhooks'] })
  const test = useMutation({
    mutationFn: () => api.send('POST', `/webhooks/${id}/tests`),
    onSuccess: () => notifySuccess(t('webhook.tested')),
    onSettled: again,
  })
  const turn = useMutation({
    mutationFn: () => api.send('PATCH', `/webhooks/${id}`, { enabled: !enabled }, { version }),
    onSettled: again,
  })
  const renew = useMutation({
    mutationFn: () => api.send<MadeWebhook>('POST', `/webhooks/${id}/secrets`),
    onSuccess({ secret }) {
      setAsked(false)
      onSecret(secret)
    },
    onSettled: again,
  })
  const noSecret = hasSecret ? null : t('webhook.needsSecret')
  return (
    <>
      <ProblemAlert error={test.error ?? turn.error} />
      <Group gap="xs" mt="md">
        <ActionButton
          label={t('webhook.test')}
          reason={reason ?? noSecret}
          loading={test.isPending}
          onClick={() => test.mutate()}
        />
        <ActionButton
          label={t(enabled ? 'webhook.disable' : 'webhook.enable')}
          reason={reason ?? (enabled ? null : noSecret)}
          variant="default"
          loading={turn.isPending}
          onClick={() => turn.mutate()}
        />
        <ActionButton label={t('webhook.renew')} reason={reason} variant="default" onClick={() => setAsked(true)} />
      </Group>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('webhook.renewTitle')}
        confirmLabel={t('webhook.renew')}
        isWorking={renew.isPending}
        error={renew.error}
        onConfirm={() => renew.mutate()}
      >
        {t('webhook.renewText')}
      </ConfirmDialog>
    </>
  )
}
