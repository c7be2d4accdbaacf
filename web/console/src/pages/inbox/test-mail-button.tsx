import { Button } from '@mantine/core'
import { api, notifySuccess } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'

/** Whether alerts would reach whoever asks. A failure is shown where `onFailed` puts it. */
export function TestMailButton({ onFailed }: { onFailed: (error: Error | null) => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const send = useMutation({
    mutationFn: () => api.send<{ to: string }>('POST', '/alerts/test-mail'),
    onMutate: () => onFailed(null),
    onError: onFailed,
    onSuccess({ to }) {
      notifySuccess(t('inbox.testSent', { to }))
      void client.invalidateQueries({ queryKey: ['mails'] })
    },
  })
  return (
    <Button variant="default" loading={send.isPending} onClick={() => send.mutate()}>
      {t('inbox.test')}
    </Button>
  )
}
