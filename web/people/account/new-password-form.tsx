import { Button, PasswordInput, Stack } from '@mantine/core'
import {
  api,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  ProblemError,
  useTextForm,
} from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

interface NewPasswordFormProps {
  submitLabel: string
  onDone: () => void
  /** Not after arriving by a ticket: there may be none. */
  asksCurrent?: boolean
}

export function NewPasswordForm({ submitLabel, onDone, asksCurrent = false }: NewPasswordFormProps) {
  const { t } = useTranslation()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { currentPassword: '', newPassword: '' },
    rules: (values) => ({
      currentPassword: asksCurrent && values.currentPassword === '' ? t('form.required') : undefined,
      newPassword:
        values.newPassword.length < minPasswordLength
          ? t('form.passwordShort', { count: minPasswordLength })
          : undefined,
    }),
  })
  const change = useMutation({
    mutationFn: () => {
      const { currentPassword, newPassword } = form.values
      return api.send('PUT', '/auth/password', { newPassword, ...(asksCurrent ? { currentPassword } : {}) })
    },
    onSuccess() {
      form.reset()
      onDone()
    },
    onError(error) {
      if (error instanceof ProblemError && error.code === 'password-wrong')
        form.setFieldError('currentPassword', t('problem.password-wrong'))
      else
        setLeft(
          placeFieldProblems(form, error, { '/newPassword': 'newPassword', '/currentPassword': 'currentPassword' }),
        )
    },
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) change.mutate()
      }}
    >
      <Stack maw={420}>
        <ProblemAlert error={left} />
        {asksCurrent && (
          <PasswordInput
            label={t('myAccount.currentPassword')}
            autoComplete="current-password"
            visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
            {...form.field('currentPassword')}
          />
        )}
        <NewPasswordInput label={t('myAccount.newPassword')} {...form.field('newPassword')} />
        <Button type="submit" loading={change.isPending}>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  )
}
