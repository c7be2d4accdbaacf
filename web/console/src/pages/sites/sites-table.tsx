import { Text } from '@mantine/core'
import { DataTable, TextLink } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { isOver } from '../../api/queries.ts'
import type { Site } from '../../api/types.ts'
import { LastVerifiedBackup } from '../../backups/last-verified-backup.tsx'
import { useOperationTitle } from '../../operations/use-operation-title.ts'
import { paths } from '../../paths.ts'
import { PlanUse } from '../../sites/plan-use.tsx'
import { SiteState } from '../../sites/site-state.tsx'
import classes from './sites-table.module.css'

/** Sites at a glance: on a phone the name carries the backup, and plan and release wait on the site's page. */
export function SitesTable({ sites }: { sites: readonly Site[] }) {
  const { t } = useTranslation()
  return (
    <DataTable
      label={t('sites.title')}
      rows={sites}
      rowKey={(site) => site.id}
      columns={[
        { key: 'name', header: t('sites.name'), render: (site) => <Name site={site} /> },
        { key: 'state', header: t('sites.state'), render: (site) => <State site={site} /> },
        {
          key: 'plan',
          header: t('sites.use'),
          secondary: true,
          render: (site) => (
            <>
              <Text size="sm">{site.plan.title}</Text>
              <PlanUse site={site} />
            </>
          ),
        },
        {
          key: 'backup',
          header: t('sites.lastBackup'),
          secondary: true,
          render: (site) => <LastVerifiedBackup site={site} />,
        },
        { key: 'release', header: t('sites.release'), secondary: true, render: (site) => site.release ?? '–' },
      ]}
    />
  )
}

function Name({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <>
      <TextLink to={paths.site(site.id)}>{site.name}</TextLink>
      <Text size="sm" c="dimmed" className={classes.host}>
        {site.host}
      </Text>
      <Text size="sm" c="dimmed" className={classes.onPhone} component="div">
        {t('sites.backedUp')} <LastVerifiedBackup site={site} />
      </Text>
    </>
  )
}

/** The state, and what is being done to the site right now. */
function State({ site }: { site: Site }) {
  const title = useOperationTitle()
  return (
    <>
      <SiteState site={site} />
      {site.operation !== null && !isOver(site.operation) && (
        <Text size="sm">
          <TextLink to={paths.operation(site.operation.id)}>{title(site.operation)}</TextLink>
        </Text>
      )}
    </>
  )
}
