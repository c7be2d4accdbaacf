import { Button } from '@mantine/core'
import { api, ConfirmDialog, notifySuccess } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

export function EndOthersButton() {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const end = useMutation({
    mutationFn: () => api.send<{ ended: number }>('DELETE', '/auth/sessions'),
    async onSuccess({ ended }) {
      await client.invalidateQueries({ queryKey: ['account', 'sessions'] })
      setAsked(false)
      notifySuccess(t('sessions.ended', { count: ended }))
    },
  })
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t('sessions.endOthers')}
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('sessions.endOthersTitle')}
        confirmLabel={t('sessions.endOthers')}
        isWorking={end.isPending}
        error={end.error}
        onConfirm={() => end.mutate()}
      >
        {t('sessions.endOthersText')}
      </ConfirmDialog>
    </>
  )
}
