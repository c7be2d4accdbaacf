import { Button, Modal, Stack } from '@mantine/core'
import { api } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { secondFactorQuery } from '../../api/queries.ts'
import type { RecoveryCodes } from '../../api/types.ts'
import { BothFactorsForm } from './both-factors-form.tsx'
import { RecoveryCodesList } from './recovery-codes-list.tsx'

export function RenewCodesDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const renew = useMutation({
    mutationFn: (proof: { password: string; code: string }) =>
      api.send<RecoveryCodes>('POST', '/auth/second-factor/recovery-codes', proof),
    onSuccess: () => client.invalidateQueries({ queryKey: secondFactorQuery.queryKey }),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('secondFactor.renew')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      {renew.data === undefined ? (
        <BothFactorsForm
          text={t('secondFactor.renewText')}
          submitLabel={t('secondFactor.renew')}
          isWorking={renew.isPending}
          error={renew.error}
          onProof={renew.mutate}
        />
      ) : (
        <Stack>
          <RecoveryCodesList codes={renew.data.recoveryCodes} />
          <Button onClick={onClose}>{t('secondFactor.kept')}</Button>
        </Stack>
      )}
    </Modal>
  )
}
