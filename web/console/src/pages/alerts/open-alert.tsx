import { Button, Code, Group, Text } from '@mantine/core'
import { api, Panel, ProblemAlert, PropertyList, TimeAgo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { AlertSeverity } from '../../alerts/alert-severity.tsx'
import { AlertSubject } from '../../alerts/alert-subject.tsx'
import { alertAdvice, alertTitle } from '../../alerts/alert-title.ts'
import type { Alert } from '../../api/types.ts'

export function OpenAlert({ alert }: { alert: Alert }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const acknowledge = useMutation({
    mutationFn: () => api.send<Alert>('PUT', `/alerts/${alert.id}/acknowledgement`),
    onSuccess: () => client.invalidateQueries({ queryKey: ['alerts'] }),
  })
  return (
    <Panel title={alertTitle(t, alert)} action={<AlertSeverity severity={alert.severity} />}>
      <ProblemAlert error={acknowledge.error} />
      <Text mb="xs">
        <Text span c="dimmed">
          {t('alerts.seen')}{' '}
        </Text>
        {alert.detail}
      </Text>
      <Text mb="md">
        <Text span c="dimmed">
          {t('alerts.whatToDo')}{' '}
        </Text>
        {alertAdvice(t, alert)}
      </Text>
      <PropertyList
        items={[
          { label: t('alerts.subject'), value: <AlertSubject subject={alert.subject} /> },
          { label: t('alerts.since'), value: <TimeAgo iso={alert.raisedAt} /> },
          { label: t('alerts.docs'), value: <Code>{alert.docsPage}</Code> },
        ]}
      />
      <Group mt="md">
        {alert.acknowledgement === null ? (
          <Button variant="default" loading={acknowledge.isPending} onClick={() => acknowledge.mutate()}>
            {t('alerts.acknowledge')}
          </Button>
        ) : (
          <Text size="sm" c="dimmed">
            {t('alerts.acknowledgedBy', { name: alert.acknowledgement.by })}
          </Text>
        )}
      </Group>
    </Panel>
  )
}
