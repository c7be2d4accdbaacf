import { Group, Text } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess, Panel, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'

export function DeleteRole({ role }: { role: Role }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const [isAsked, setAsked] = useState(false)
  const remove = useMutation({
    mutationFn: () => api.send('DELETE', `/roles/${role.id}`, undefined, { version: role.version ?? undefined }),
    onSuccess() {
      notifySuccess(t('roles.deleted', { name: role.name }))
      go.replace(peoplePaths.roles())
      void client.invalidateQueries({ queryKey: ['roles'], exact: true })
    },
  })
  return (
    <Panel title={t('people.danger')} tone="danger">
      <Group justify="space-between">
        <Text maw={560}>{t('roles.deleteText')}</Text>
        <ActionButton
          label={t('roles.delete')}
          reason={role.users === 0 ? null : t('roles.inUse', { count: role.users })}
          color="red"
          variant="outline"
          onClick={() => setAsked(true)}
        />
      </Group>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('roles.deleteTitle', { name: role.name })}
        confirmLabel={t('roles.delete')}
        tone="danger"
        isWorking={remove.isPending}
        error={remove.error}
        onConfirm={() => remove.mutate()}
      >
        {t('roles.deleteText')}
      </ConfirmDialog>
    </Panel>
  )
}
