import { api, ActionButton, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { BackupWork } from '../../../../api/backups.ts'
import type { Site } from '../../../../api/types.ts'
import { useReason } from '../use-reason.ts'

export function BackUpNow({ site }: { site: Site }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const start = useMutation({
    mutationFn: () => api.send<BackupWork>('POST', `/sites/${site.id}/backups`),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['sites', site.id] }),
        client.invalidateQueries({ queryKey: ['operations', 'list'] }),
      ]),
  })
  return (
    <>
      <ActionButton
        label={t('backups.now')}
        reason={useReason(site, 'back-up')}
        loading={start.isPending}
        onClick={() => start.mutate()}
      />
      <ProblemAlert error={start.error} />
    </>
  )
}
