import { Anchor } from '@mantine/core'
import { ApiCall, DateTime, Panel, PropertyList, TextLink, TimeAgo } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { isOver } from '../../../api/queries.ts'
import type { Site } from '../../../api/types.ts'
import { LastVerifiedBackup } from '../../../backups/last-verified-backup.tsx'
import { RunningOperation } from '../../../operations/running-operation.tsx'
import { paths } from '../../../paths.ts'
import { PlanUse } from '../../../sites/plan-use.tsx'
import { SiteActions } from './site-actions.tsx'
import { SiteFrame } from './site-frame.tsx'

export function OverviewPage() {
  return <SiteFrame>{(site) => <Overview site={site} />}</SiteFrame>
}

function Overview({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <>
      {site.operation && !isOver(site.operation) && <RunningOperation id={site.operation.id} />}
      {site.state !== 'archived' && (
        <Panel title={t('site.actions')}>
          <SiteActions site={site} />
        </Panel>
      )}
      <Panel title={t('site.facts')}>
        <PropertyList
          items={[
            { label: t('site.address'), value: <Anchor href={site.url}>{site.url}</Anchor> },
            { label: t('site.lastCheck'), value: <Probe site={site} /> },
            { label: t('sites.lastBackup'), value: <LastBackup site={site} /> },
            { label: t('sites.plan'), value: site.plan.title },
            { label: t('sites.use'), value: <PlanUse site={site} /> },
            { label: t('site.admin'), value: site.adminEmail },
            { label: t('sites.release'), value: site.release ?? '–' },
            { label: t('site.bench'), value: site.bench?.name ?? '–' },
            { label: t('sites.created'), value: <DateTime iso={site.createdAt} /> },
          ]}
        />
      </Panel>
      <ApiCall method="GET" path={`/sites/${site.id}`} />
    </>
  )
}

function Probe({ site }: { site: Site }) {
  const { t } = useTranslation()
  if (site.probe === null) return t('site.neverChecked')
  return (
    <>
      {t(site.probe.ok ? 'site.answered' : 'site.didNotAnswer')} · <TimeAgo iso={site.probe.checkedAt} />
      {!site.probe.ok && site.probe.detail !== null && ` (${site.probe.detail})`}
    </>
  )
}

function LastBackup({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <>
      <LastVerifiedBackup site={site} /> · <TextLink to={paths.siteBackups(site.id)}>{t('backups.title')}</TextLink>
    </>
  )
}
