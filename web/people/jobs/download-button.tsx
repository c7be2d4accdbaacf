import { ActionIcon, Tooltip } from '@mantine/core'
import { api } from '@platen/ui'
import { IconDownload } from '@tabler/icons-react'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Job } from '../api/types.ts'

/** Asks for a fresh link to what a job made, and follows it: links live for some minutes. */
export function DownloadButton({ job }: { job: Job }) {
  const { t } = useTranslation()
  const fetch = useMutation({
    mutationFn: () => api.get<Job>(`/jobs/${job.id}`),
    onSuccess({ file }) {
      if (file !== null) window.location.assign(file.url)
    },
  })
  const isGone = fetch.isError || fetch.data?.file === null
  const label = t(isGone ? 'jobs.fileGone' : 'jobs.download')
  return (
    <Tooltip label={label}>
      <ActionIcon variant="default" aria-label={label} loading={fetch.isPending} onClick={() => fetch.mutate()}>
        <IconDownload size={16} />
      </ActionIcon>
    </Tooltip>
  )
}
