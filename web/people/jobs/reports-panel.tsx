import { Group } from '@mantine/core'
import { ActionButton, api, notifySuccess, Panel, ProblemAlert } from '@platen/ui'
import { IconTable } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { usePlace } from '../app/place.tsx'
import { useMay } from '../app/use-may.ts'

/** Files that a job writes; a mail tells when they are there. */
export function ReportsPanel() {
  const { t } = useTranslation()
  const may = useMay()
  const client = useQueryClient()
  const { reports } = usePlace()
  const ask = useMutation({
    mutationFn: (type: string) => api.send('POST', '/reports', { type }),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: ['jobs'] })
      notifySuccess(t('reports.asked'))
    },
  })
  return (
    <Panel title={t('reports.title')} description={t('reports.text')}>
      <ProblemAlert error={ask.error} />
      <Group gap="xs">
        {reports.map(({ type, permission }) => (
          <ActionButton
            key={type}
            label={t(`report.${type}`)}
            reason={may(permission) ? null : t('reports.mayNot')}
            variant="default"
            leftSection={<IconTable size={16} />}
            loading={ask.isPending && ask.variables === type}
            onClick={() => ask.mutate(type)}
          />
        ))}
      </Group>
    </Panel>
  )
}
