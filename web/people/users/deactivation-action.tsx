import { Group, Text } from '@mantine/core'
import { ActionButton, api, ConfirmDialog } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { userQuery } from '../api/queries.ts'
import type { User } from '../api/types.ts'

/** Shuts somebody out, or lets them in again. */
export function DeactivationAction({ user, reason }: { user: User; reason: string | null }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const isActive = user.state === 'active'
  const change = useMutation({
    mutationFn: () =>
      api.send<User>(isActive ? 'PUT' : 'DELETE', `/users/${user.id}/deactivation`, undefined, {
        version: user.version,
      }),
    onSuccess(changed) {
      setAsked(false)
      client.setQueryData(userQuery(user.id).queryKey, changed)
      void client.invalidateQueries({ queryKey: ['users', 'list'] })
    },
  })
  const label = t(isActive ? 'people.deactivate' : 'people.reactivate')
  return (
    <Group justify="space-between" mb="md">
      <Text maw={560}>{t(isActive ? 'people.deactivateText' : 'people.reactivateText')}</Text>
      <ActionButton label={label} reason={reason} variant="default" onClick={() => setAsked(true)} />
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t(isActive ? 'people.deactivateTitle' : 'people.reactivateTitle', { name: user.name })}
        confirmLabel={label}
        isWorking={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
      >
        {t(isActive ? 'people.deactivateText' : 'people.reactivateText')}
      </ConfirmDialog>
    </Group>
  )
}
