import { Group, Text } from '@mantine/core'
import { ActionButton, api, ConfirmNameDialog, notifySuccess, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { User } from '../api/types.ts'
import { peoplePaths } from '../paths.ts'

/** Takes away who somebody was, for good. */
export function EraseAction({ user, reason }: { user: User; reason: string | null }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const [isAsked, setAsked] = useState(false)
  const erase = useMutation({
    mutationFn: () => api.send('DELETE', `/users/${user.id}`, undefined, { version: user.version }),
    onSuccess() {
      notifySuccess(t('people.erased', { name: user.name }))
      go.replace(peoplePaths.people())
      client.removeQueries({ queryKey: ['users', user.id] })
      void client.invalidateQueries({ queryKey: ['users', 'list'] })
    },
  })
  return (
    <Group justify="space-between">
      <Text maw={560}>{t('people.eraseText')}</Text>
      <ActionButton
        label={t('people.erase')}
        reason={reason}
        color="red"
        variant="outline"
        onClick={() => setAsked(true)}
      />
      <ConfirmNameDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('people.eraseTitle', { name: user.name })}
        name={user.name}
        confirmLabel={t('people.erase')}
        isWorking={erase.isPending}
        error={erase.error}
        onConfirm={() => erase.mutate()}
      >
        {t('people.eraseWarning')}
      </ConfirmNameDialog>
    </Group>
  )
}
