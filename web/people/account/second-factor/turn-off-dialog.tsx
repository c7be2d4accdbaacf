import { Modal } from '@mantine/core'
import { api, notifySuccess } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { secondFactorQuery } from '../../api/queries.ts'
import { BothFactorsForm } from './both-factors-form.tsx'

export function TurnOffDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const turnOff = useMutation({
    mutationFn: (proof: { password: string; code: string }) => api.send('DELETE', '/auth/second-factor', proof),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: secondFactorQuery.queryKey })
      notifySuccess(t('secondFactor.turnedOff'))
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('secondFactor.turnOffTitle')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      <BothFactorsForm
        text={t('secondFactor.turnOffText')}
        submitLabel={t('secondFactor.turnOff')}
        tone="danger"
        isWorking={turnOff.isPending}
        error={turnOff.error}
        onProof={turnOff.mutate}
      />
    </Modal>
  )
}
