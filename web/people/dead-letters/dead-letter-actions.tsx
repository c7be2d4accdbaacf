import { Group } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { DeadLetter } from '../api/types.ts'
import { usePlace } from '../app/place.tsx'

export function DeadLetterActions({ letter: { eventId, handler } }: { letter: DeadLetter }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const { useDeadLetterRights } = usePlace()
  const reason = useDeadLetterRights().mayWrite ? null : t('deadLetters.mayNot')
  const again = () => client.invalidateQueries({ queryKey: ['dead-letters'] })
  const ofHandler = `?handler=${encodeURIComponent(handler)}`
  const replay = useMutation({
    mutationFn: () => api.send('POST', `/dead-letters/${eventId}/replays${ofHandler}`),
    onSuccess: () => notifySuccess(t('deadLetters.replayed')),
    onSettled: again,
  })
  const discard = useMutation({
    mutationFn: () => api.send('DELETE', `/dead-letters/${eventId}${ofHandler}`),
    onSuccess: () => setAsked(false),
    onSettled: again,
  })
  return (
    <>
      <Group gap="xs" justify="flex-end">
        <ActionButton
          label={t('deadLetters.replay')}
          reason={reason}
          size="compact-sm"
          variant="default"
          loading={replay.isPending}
          onClick={() => replay.mutate()}
        />
        <ActionButton
          label={t('deadLetters.discard')}
          reason={reason}
          size="compact-sm"
          variant="subtle"
          color="red"
          onClick={() => setAsked(true)}
        />
      </Group>
      <ProblemAlert error={replay.error} />
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('deadLetters.discardTitle')}
        confirmLabel={t('deadLetters.discard')}
        tone="danger"
        isWorking={discard.isPending}
        error={discard.error}
        onConfirm={() => discard.mutate()}
      >
        {t('deadLetters.discardText')}
      </ConfirmDialog>
    </>
  )
}
