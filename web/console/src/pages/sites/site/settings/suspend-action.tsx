import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../../api/types.ts'
import { SuspendDialog } from '../suspend-dialog.tsx'
import { useReason } from '../use-reason.ts'
import { DangerAction } from './danger-action.tsx'

export function SuspendAction({ site }: { site: Site }) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <DangerAction
      title={t('site.suspendIt')}
      text={t('site.suspendText')}
      label={t('site.action.suspend')}
      reason={useReason(site, 'suspend')}
      onAsk={() => setOpen(true)}
      call={{ method: 'PUT', path: `/sites/${site.id}/suspension` }}
    >
      <SuspendDialog site={site} opened={isOpen} onClose={() => setOpen(false)} />
    </DangerAction>
  )
}
