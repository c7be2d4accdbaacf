import { Button } from '@mantine/core'
import { api, ProblemAlert, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../../../../api/backups.ts'
import type { Operation } from '../../../../api/types.ts'
import { paths } from '../../../../paths.ts'

/** Restores a stored backup for a test once more; leads to the operation that does it. */
export function ProveAgain({ backup }: { backup: Backup }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const drill = useMutation({
    mutationFn: () => api.send<{ operation: Operation }>('POST', `/backups/${backup.id}/drills`),
    onSuccess({ operation }) {
      void client.invalidateQueries({ queryKey: ['sites', backup.site.id] })
      void client.invalidateQueries({ queryKey: ['operations', 'list'] })
      go.push(paths.operation(operation.id))
    },
  })
  return (
    <>
      <Button variant="subtle" size="xs" loading={drill.isPending} onClick={() => drill.mutate()}>
        {t('backups.prove')}
      </Button>
      <ProblemAlert error={drill.error} />
    </>
  )
}
