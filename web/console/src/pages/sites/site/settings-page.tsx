import { ActionButton, ApiCall, ConfirmNameDialog, Panel, useGo } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { useReason } from './site-actions.tsx'
import { SiteFrame } from './site-frame.tsx'
import { useSiteAction } from './use-site-action.ts'

export function SettingsPage() {
  return <SiteFrame>{(site) => <DangerZone site={site} />}</SiteFrame>
}

function DangerZone({ site }: { site: Site }) {
  const { t } = useTranslation()
  const go = useGo()
  const [isOpen, setOpen] = useState(false)
  const drop = useSiteAction(site, 'DELETE', '', ({ operation }) => go.push(paths.operation(operation.id)))
  return (
    <Panel title={t('site.danger')} tone="danger" description={t('site.dropText')}>
      <ActionButton
        color="red"
        label={t('site.action.drop')}
        reason={useReason(site, 'drop')}
        onClick={() => setOpen(true)}
        mb="md"
      />
      <ApiCall method="DELETE" path={`/sites/${site.id}`} />
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
    </Panel>
  )
}
