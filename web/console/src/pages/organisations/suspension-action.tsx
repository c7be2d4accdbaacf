import { TextInput } from '@mantine/core'
import { ActionButton, api, ConfirmDialog, notifySuccess } from '@platen/ui'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../../api/queries.ts'
import type { Tenant } from '../../api/tenants.ts'

/** Shuts an organisation out with its sites, or lets it in again. */
export function SuspensionAction({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const isOwn = useQuery(meQuery).data?.tenant?.id === tenant.id
  const [isAsked, setAsked] = useState(false)
  const [reason, setReason] = useState('')
  const isActive = tenant.state === 'active'
  const change = useMutation({
    mutationFn: () =>
      api.send(
        isActive ? 'PUT' : 'DELETE',
        `/tenants/${tenant.id}/suspension`,
        isActive && reason.trim() !== '' ? { reason: reason.trim() } : undefined,
      ),
    async onSuccess() {
      setAsked(false)
      setReason('')
      notifySuccess(t(isActive ? 'organisations.suspended' : 'organisations.resumed', { name: tenant.name }))
      await client.invalidateQueries({ queryKey: ['tenants'] })
    },
  })
  const label = t(isActive ? 'site.action.suspend' : 'site.action.resume')
  return (
    <>
      <ActionButton
        label={label}
        reason={isOwn && isActive ? t('organisations.notOwn') : null}
        size="compact-sm"
        variant="default"
        aria-label={`${label}: ${tenant.name}`}
        onClick={() => setAsked(true)}
      />
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t(isActive ? 'site.suspendTitle' : 'site.resumeTitle', { name: tenant.name })}
        confirmLabel={label}
        isWorking={change.isPending}
        error={change.error}
        onConfirm={() => change.mutate()}
      >
        {t(isActive ? 'organisations.suspendText' : 'organisations.resumeText')}
        {isActive && (
          <TextInput
            mt="md"
            label={t('organisations.reason')}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
        )}
      </ConfirmDialog>
    </>
  )
}
