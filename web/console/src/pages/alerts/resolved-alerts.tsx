import { Text } from '@mantine/core'
import { DataTable, MoreButton, QueryView, TimeAgo } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { AlertSeverity } from '../../alerts/alert-severity.tsx'
import { alertTitle } from '../../alerts/alert-title.ts'
import { alertsQuery } from '../../api/queries.ts'
import type { Alert } from '../../api/types.ts'

export function ResolvedAlerts() {
  const { t } = useTranslation()
  const query = useInfiniteQuery(alertsQuery('resolved'))
  return (
    <QueryView query={query}>
      {({ pages }) => {
        const alerts = pages.flatMap((page) => page.items)
        if (alerts.length === 0) return <Text c="dimmed">{t('alerts.noneResolved')}</Text>
        return (
          <>
            <DataTable
              label={t('alerts.resolved')}
              rows={alerts}
              rowKey={(alert) => alert.id}
              columns={[
                { key: 'what', header: t('alerts.what'), render: (alert) => <What alert={alert} /> },
                {
                  key: 'severity',
                  header: t('alerts.severity'),
                  secondary: true,
                  render: (alert) => <AlertSeverity severity={alert.severity} />,
                },
                {
                  key: 'since',
                  header: t('alerts.since'),
                  secondary: true,
                  render: (alert) => <TimeAgo iso={alert.raisedAt} />,
                },
                {
                  key: 'over',
                  header: t('alerts.over'),
                  render: (alert) => <TimeAgo iso={alert.resolvedAt ?? alert.lastSeenAt} />,
                },
              ]}
            />
            <MoreButton query={query} />
          </>
        )
      }}
    </QueryView>
  )
}

function What({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  return (
    <>
      <Text fw={600}>{alertTitle(t, alert)}</Text>
      <Text size="sm" c="dimmed">
        {alert.subject.label}
      </Text>
    </>
  )
}
