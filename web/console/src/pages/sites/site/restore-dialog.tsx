import { TextInput } from '@mantine/core'
import { ConfirmDialog, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../../api/client.ts'
import type { Backup, Site, SiteWork } from '../../../api/types.ts'
import { paths } from '../../../paths.ts'
import { siteNameObjection } from '../../../sites/site-name.ts'

/** Makes another site of a backup; leads to the operation that does it. */
export function RestoreDialog({ site, backup, onClose }: { site: Site; backup: Backup; onClose: () => void }) {
  const { t } = useTranslation()
  const go = useGo()
  const client = useQueryClient()
  const [name, setName] = useState(`${site.name}-2`)
  const objection = siteNameObjection(name)
  const restore = useMutation({
    mutationFn: () => api.send<SiteWork>('POST', `/backups/${backup.id}/restorations`, { name }),
    onSuccess({ operation }) {
      void client.invalidateQueries({ queryKey: ['sites', 'list'] })
      go.push(paths.operation(operation.id))
    },
  })
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('backups.restoreTitle')}
      confirmLabel={t('backups.restore')}
      isWorking={restore.isPending}
      error={restore.error}
      onConfirm={() => {
        if (objection === null) restore.mutate()
      }}
    >
      {t('backups.restoreText', { name: site.name })}
      <TextInput
        mt="md"
        label={t('backups.newName')}
        value={name}
        error={objection === null ? undefined : t(`siteName.${objection}`)}
        autoCapitalize="none"
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </ConfirmDialog>
  )
}
