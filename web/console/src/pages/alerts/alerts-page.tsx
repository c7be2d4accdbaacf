import { Stack } from '@mantine/core'
import { EmptyState, Page, Panel, QueryView } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { alertsQuery } from '../../api/queries.ts'
import { OpenAlert } from './open-alert.tsx'
import { ResolvedAlerts } from './resolved-alerts.tsx'

/** What operators must know: what is open with what to do about it, then what is over. */
export function AlertsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('alerts.title')} description={t('alerts.intro')}>
      <QueryView query={useInfiniteQuery(alertsQuery('open'))}>
        {({ pages }) => {
          const alerts = pages.flatMap((page) => page.items)
          return alerts.length === 0 ? (
            <EmptyState title={t('alerts.none')}>{t('alerts.noneText')}</EmptyState>
          ) : (
            <Stack>
              {alerts.map((alert) => (
                <OpenAlert key={alert.id} alert={alert} />
              ))}
            </Stack>
          )
        }}
      </QueryView>
      <Panel title={t('alerts.resolved')}>
        <ResolvedAlerts />
      </Panel>
    </Page>
  )
}
