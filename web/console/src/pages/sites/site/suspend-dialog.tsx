import { TextInput } from '@mantine/core'
import { ConfirmDialog } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../api/types.ts'
import { useSiteAction } from './use-site-action.ts'

export function SuspendDialog({ site, opened, onClose }: { site: Site; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const [reason, setReason] = useState('')
  const suspend = useSiteAction(site, 'PUT', 'suspension', onClose)
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={t('site.suspendTitle', { name: site.name })}
      confirmLabel={t('site.action.suspend')}
      isWorking={suspend.isPending}
      error={suspend.error}
      onConfirm={() => suspend.mutate(reason.trim() === '' ? {} : { reason: reason.trim() })}
    >
      {t('site.suspendText')}
      <TextInput
        mt="md"
        label={t('site.suspendReason')}
        value={reason}
        onChange={(event) => setReason(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
