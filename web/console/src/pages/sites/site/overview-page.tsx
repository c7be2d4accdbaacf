import { Anchor } from '@mantine/core'
import { ApiCall, DateTime, Panel, PropertyList, TextLink, TimeAgo } from '@platen/ui'
import type { Property } from '@platen/ui'
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
        <PropertyList items={useFacts(site)} />
      </Panel>
      <ApiCall method="GET" path={`/sites/${site.id}`} />
    </>
  )
}

function useFacts(site: Site): Property[] {
  const { t } = useTranslation()
  const isServed = site.state !== 'archived'
  return [
    { label: t('site.address'), value: isServed ? <Anchor href={site.url}>{site.url}</Anchor> : site.url },
    ...(isServed ? [{ label: t('site.lastCheck'), value: <Probe site={site} /> }] : []),
    {
      label: t('sites.lastBackup'),
      value: (
        <TextLink to={paths.siteBackups(site.id)}>
          <LastVerifiedBackup site={site} />
        </TextLink>
      ),
    },
    { label: t('sites.plan'), value: site.plan.title },
    ...(isServed ? [{ label: t('sites.use'), value: <PlanUse site={site} /> }] : []),
    { label: t('site.admin'), value: site.adminEmail },
    { label: t('sites.release'), value: site.release ?? '–' },
    ...(isServed ? [{ label: t('site.bench'), value: site.bench?.name ?? '–' }] : []),
    { label: t('sites.created'), value: <DateTime iso={site.createdAt} /> },
  ]
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
