import { Group, Text } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess, Panel, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Webhook } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'

export function DeleteWebhook({ webhook: { id, version }, reason }: { webhook: Webhook; reason: string | null }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const [isAsked, setAsked] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.send('DELETE', `/webhooks/${id}`, undefined, { version }),
    onSuccess() {
      notifySuccess(t('webhook.removed'))
      go.replace(peoplePaths.webhooks())
      void client.invalidateQueries({ queryKey: ['webhooks', 'list'] })
    },
  })
  return (
    <Panel title={t('people.danger')} tone="danger">
      <Group justify="space-between">
        <Text maw={560}>{t('webhook.removeText')}</Text>
        <ActionButton
          label={t('webhook.remove')}
          reason={reason}
          color="red"
          variant="outline"
          onClick={() => setAsked(true)}
        />
      </Group>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('webhook.removeTitle')}
        confirmLabel={t('webhook.remove')}
        tone="danger"
        isWorking={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t('webhook.removeText')}
      </ConfirmDialog>
    </Panel>
  )
}
