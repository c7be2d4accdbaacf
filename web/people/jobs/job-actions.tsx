import { Group } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Job } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'
import { DownloadButton } from './download-button.tsx'

/** What can be done about a job now. One that needs nothing shows no buttons: most jobs do, and a column of dead ones says little. */
export function JobActions({ job }: { job: Job }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const reason = useMay()('jobs.write') ? null : t('jobs.mayNot')
  const again = () => client.invalidateQueries({ queryKey: ['jobs'] })
  const retry = useMutation({ mutationFn: () => api.send('POST', `/jobs/${job.id}/retries`), onSettled: again })
  const discard = useMutation({
    mutationFn: () => api.send('DELETE', `/jobs/${job.id}`),
    onSuccess: () => setAsked(false),
    onSettled: again,
  })
  const allows = (name: Job['actions'][number]['name']) => job.actions.some((one) => one.name === name && one.allowed)
  return (
    <>
      <Group gap="xs" justify="flex-end">
        {job.name === 'tenant-report' && job.state === 'succeeded' && <DownloadButton job={job} />}
        {allows('retry') && (
          <ActionButton
            label={t('jobs.retry')}
            reason={reason}
            size="compact-sm"
            variant="default"
            loading={retry.isPending}
            onClick={() => retry.mutate()}
          />
        )}
        {allows('discard') && (
          <ActionButton
            label={t('jobs.discard')}
            reason={reason}
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => setAsked(true)}
          />
        )}
      </Group>
      <ProblemAlert error={retry.error} />
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('jobs.discardTitle')}
        confirmLabel={t('jobs.discard')}
        tone="danger"
        isWorking={discard.isPending}
        error={discard.error}
        onConfirm={() => discard.mutate()}
      >
        {t('jobs.discardText')}
      </ConfirmDialog>
    </>
  )
}
