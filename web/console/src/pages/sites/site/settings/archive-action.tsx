import { ConfirmNameDialog, useGo } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'
import { useReason } from '../use-reason.ts'
import { useSiteAction } from '../use-site-action.ts'
import { DangerAction } from './danger-action.tsx'

export function ArchiveAction({ site }: { site: Site }) {
  const { t } = useTranslation()
  const go = useGo()
  const [isOpen, setOpen] = useState(false)
  const archive = useSiteAction(site, 'PUT', 'archival', ({ operation }) => go.push(paths.operation(operation.id)))
  return (
    <DangerAction
      title={t('site.archiveIt')}
      text={t('site.archiveText')}
      label={t('site.action.archive')}
      reason={useReason(site, 'archive')}
      onAsk={() => setOpen(true)}
      call={{ method: 'PUT', path: `/sites/${site.id}/archival` }}
    >
      <ConfirmNameDialog
        opened={isOpen}
        onClose={() => setOpen(false)}
        title={t('site.archiveTitle', { name: site.name })}
        name={site.name}
        confirmLabel={t('site.action.archive')}
        isWorking={archive.isPending}
        error={archive.error}
        onConfirm={() => archive.mutate(undefined)}
      >
        {t('site.archiveWarning', { host: site.host })}
      </ConfirmNameDialog>
    </DangerAction>
  )
}
