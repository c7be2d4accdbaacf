import { Group } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess, ProblemAlert } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Invitation } from '../api/types.ts'
import { useMay } from '../app/use-may.ts'

export function InvitationActions({ invitation: { id, email } }: { invitation: Invitation }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const reason = useMay()('users.write') ? null : t('people.mayNot')
  const again = () => client.invalidateQueries({ queryKey: ['invitations'] })
  const remind = useMutation({
    mutationFn: () => api.send('POST', `/invitations/${id}/reminders`),
    onSuccess: () => notifySuccess(t('invite.sent', { email })),
    onSettled: again,
  })
  const revoke = useMutation({ mutationFn: () => api.send('DELETE', `/invitations/${id}`), onSuccess: again })
  return (
    <>
      <Group gap="xs" justify="flex-end">
        <ActionButton
          label={t('invite.remind')}
          reason={reason}
          size="compact-sm"
          variant="default"
          loading={remind.isPending}
          onClick={() => remind.mutate()}
        />
        <ActionButton
          label={t('invite.revoke')}
          reason={reason}
          size="compact-sm"
          variant="subtle"
          color="red"
          onClick={() => setAsked(true)}
        />
      </Group>
      <ProblemAlert error={remind.error} />
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('invite.revokeTitle', { email })}
        confirmLabel={t('invite.revoke')}
        tone="danger"
        isWorking={revoke.isPending}
        error={revoke.error}
        onConfirm={() => revoke.mutate()}
      >
        {t('invite.revokeText')}
      </ConfirmDialog>
    </>
  )
}
