import { Button, Group, Modal, Stack, TextInput } from '@mantine/core'
import { api, DraftNotice, notifySuccess, placeFieldProblems, ProblemAlert, useTextForm } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { RoleChoice } from '../roles/role-choice.tsx'

/** Asks somebody in by mail. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { email: '', name: '', roles: '' },
    rules: ({ email, roles }) => ({
      email: /^\S+@\S+$/.test(email.trim()) ? undefined : t('form.email'),
      roles: roles === '' ? t('invite.rolesRule') : undefined,
    }),
    draftKey: 'invitation',
  })
  const chosen = new Set(form.values.roles.split(' ').filter(Boolean))
  const invite = useMutation({
    mutationFn: () =>
      api.send('POST', '/invitations', {
        email: form.values.email.trim(),
        name: form.values.name.trim(),
        roles: [...chosen],
      }),
    async onSuccess() {
      form.clearDraft()
      await client.invalidateQueries({ queryKey: ['invitations'] })
      notifySuccess(t('invite.sent', { email: form.values.email.trim() }))
      onClose()
    },
    onError: (error) =>
      setLeft(placeFieldProblems(form, error, { '/email': 'email', '/name': 'name', '/roles': 'roles' })),
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('invite.title')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) invite.mutate()
        }}
      >
        <Stack>
          {form.isRestored && <DraftNotice onDiscard={form.reset} />}
          <ProblemAlert error={left} />
          <TextInput
            label={t('form.emailLabel')}
            type="email"
            autoComplete="off"
            data-autofocus
            {...form.field('email')}
          />
          <TextInput label={t('invite.name')} autoComplete="off" {...form.field('name')} />
          <RoleChoice
            chosen={chosen}
            onChange={(ids) => form.setValue('roles', [...ids].join(' '))}
            error={form.field('roles').error}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t('action.cancel')}
            </Button>
            <Button type="submit" loading={invite.isPending}>
              {t('invite.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
