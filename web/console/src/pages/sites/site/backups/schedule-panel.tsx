import { Button, Group, Text } from '@mantine/core'
import { api, ApiCall, DateTime, notifySuccess, Panel, ProblemAlert, QueryView, TimeAgo } from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { backupScheduleQuery } from '../../../../api/backups.ts'
import type { BackupSchedule } from '../../../../api/backups.ts'
import type { BackupPolicy } from '../../../../api/types.ts'
import type { Site } from '../../../../api/types.ts'
import { PolicyForm } from '../../../../backups/policy-form.tsx'
import { usePolicyText } from '../../../../backups/use-policy-text.ts'

/** When the site is backed up by itself: as its plan says, or by a policy of its own. */
export function SchedulePanel({ site }: { site: Site }) {
  const { t } = useTranslation()
  return (
    <Panel title={t('schedule.title')} description={t('schedule.intro')}>
      <QueryView query={useQuery(backupScheduleQuery(site.id))}>
        {(schedule) => <Schedule site={site} schedule={schedule} />}
      </QueryView>
      <ApiCall method="GET" path={`/sites/${site.id}/backup-schedule`} />
    </Panel>
  )
}

function Schedule({ site, schedule }: { site: Site; schedule: BackupSchedule }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isEditing, setEditing] = useState(false)
  const change = useMutation({
    mutationFn: (policy: BackupPolicy | null) =>
      policy === null
        ? api.send<BackupSchedule | undefined>('DELETE', `/sites/${site.id}/backup-schedule`)
        : api.send<BackupSchedule | undefined>('PUT', `/sites/${site.id}/backup-schedule`, policy),
    async onSuccess() {
      await client.invalidateQueries({ queryKey: backupScheduleQuery(site.id).queryKey })
      setEditing(false)
      notifySuccess(t('schedule.saved'))
    },
  })
  if (isEditing) {
    return (
      <PolicyForm
        initial={schedule.policy}
        isWorking={change.isPending}
        error={change.error}
        onSave={(policy) => change.mutate(policy)}
        onCancel={() => setEditing(false)}
      />
    )
  }
  return (
    <>
      <Words schedule={schedule} />
      <ProblemAlert error={change.error} />
      <Group my="md">
        <Button variant="default" onClick={() => setEditing(true)}>
          {t('schedule.change')}
        </Button>
        {schedule.source === 'site' && (
          <Button variant="subtle" loading={change.isPending} onClick={() => change.mutate(null)}>
            {t('schedule.usePlan')}
          </Button>
        )}
      </Group>
    </>
  )
}

function Words({ schedule: { policy, source, nextAt, planPolicy } }: { schedule: BackupSchedule }) {
  const { t } = useTranslation()
  const policyText = usePolicyText()
  return (
    <>
      <Text fw={600}>{policyText(policy)}</Text>
      <Text c="dimmed">
        {source === 'plan' ? t('schedule.ofPlan') : t('schedule.ofSite', { policy: policyText(planPolicy) })}
      </Text>
      <Text mt="xs">
        {nextAt === null ? (
          t('schedule.noNext')
        ) : (
          <>
            {t('schedule.next')} <DateTime iso={nextAt} /> (<TimeAgo iso={nextAt} />)
          </>
        )}
      </Text>
    </>
  )
}
