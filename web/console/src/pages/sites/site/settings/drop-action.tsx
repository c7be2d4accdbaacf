import { ConfirmNameDialog, useGo } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { useReason } from '../use-reason.ts'
import { useSiteAction } from '../use-site-action.ts'
import { DangerAction } from './danger-action.tsx'

export function DropAction({ site }: { site: Site }) {
  const { t } = useTranslation()
  const go = useGo()
  const [isOpen, setOpen] = useState(false)
  const drop = useSiteAction(site, 'DELETE', '', ({ operation }) => go.push(paths.operation(operation.id)))
  return (
    <DangerAction
      title={t('site.dropIt')}
      text={t('site.dropText')}
      label={t('site.action.drop')}
      reason={useReason(site, 'drop')}
      onAsk={() => setOpen(true)}
      call={{ method: 'DELETE', path: `/sites/${site.id}` }}
      isFinal
    >
      <ConfirmNameDialog
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('site.dropTitle', { name: site.name })}
        name={site.name}
        confirmLabel={t('site.action.drop')}
        isWorking={drop.isPending}
        error={drop.error}
        onConfirm={() => drop.mutate(undefined)}
      >
        {t('site.dropWarning', { host: site.host })}
      </ConfirmNameDialog>
    </DangerAction>
  )
}
