import { Panel } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Site } from '../../../../api/types.ts'
import { SiteFrame } from '../site-frame.tsx'
import { ArchiveAction } from './archive-action.tsx'
import { DropAction } from './drop-action.tsx'
import classes from './settings-page.module.css'
import { SuspendAction } from './suspend-action.tsx'

export function SettingsPage() {
  return <SiteFrame>{(site) => <DangerZone site={site} />}</SiteFrame>
}

/** What takes a site from its people, from the mildest to what cannot be taken back. */
function DangerZone({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('site.danger')} tone="danger">
      <ul className={classes.list}>
        <SuspendAction site={site} />
        <ArchiveAction site={site} />
        <DropAction site={site} />
      </ul>
    </Panel>
  )
}
