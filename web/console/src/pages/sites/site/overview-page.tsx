import { Anchor } from '@mantine/core'
import { ApiCall, DateTime, Panel, PropertyList, TextLink, TimeAgo } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { isOver } from '../../../api/queries.ts'
import type { Site } from '../../../api/types.ts'
import { useLiveOperation } from '../../../api/use-live-operation.ts'
import { OperationChecklist } from '../../../operations/operation-checklist.tsx'
import { useOperationTitle } from '../../../operations/use-operation-title.ts'
import { paths } from '../../../paths.ts'
import { SiteActions } from './site-actions.tsx'
import { SiteFrame } from './site-frame.tsx'

export function OverviewPage() {
  return <SiteFrame>{(site) => <Overview site={site} />}</SiteFrame>
}

function Overview({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <>
      {site.operation && !isOver(site.operation) && <Running id={site.operation.id} />}
      <Panel title={t('site.actions')}>
        <SiteActions site={site} />
      </Panel>
      <Panel title={t('site.facts')}>
        <PropertyList
          items={[
            { label: t('site.address'), value: <Anchor href={site.url}>{site.url}</Anchor> },
            { label: t('site.lastCheck'), value: <Probe site={site} /> },
            { label: t('sites.plan'), value: site.plan.title },
            { label: t('site.admin'), value: site.adminEmail },
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

/** What is being done to the site right now. */
function Running({ id }: { id: string }) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  const operation = useLiveOperation(id).data
  if (!operation) return null
  return (
    <Panel title={title(operation)} action={<TextLink to={paths.operation(id)}>{t('operations.details')}</TextLink>}>
      <OperationChecklist operation={operation} />
    </Panel>
  )
}
