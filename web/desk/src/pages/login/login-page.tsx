import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { ConnectionBanner, ProblemAlert, PublicPage, useTextForm, useQueryParameter, useGo } from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/client.ts'
import { safeNext } from '../../paths.ts'

export function LoginPage() {
  const { t } = useTranslation()
  const go = useGo()
  const next = useQueryParameter('next')
  const form = useTextForm({
    initial: { email: '', password: '' },
    rules: (values) => ({
      email: values.email.trim() === '' ? t('form.required') : undefined,
      password: values.password === '' ? t('form.required') : undefined,
    }),
  })
  const login = useMutation({
    mutationFn: () => api.signIn('/auth/login', { email: form.values.email.trim(), password: form.values.password }),
    onSuccess() {
      go.push(safeNext(next))
    },
    onError: () => form.setValue('password', ''),
  })
  return (
    <PublicPage
      brand={t('brand')}
      title={t('login.title')}
      intro={t('login.intro', { site: window.location.hostname })}
      banner={<ConnectionBanner connection={api.connection} />}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          if (form.isAcceptable()) login.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={login.error} />
          <TextInput
            label={t('form.emailLabel')}
            type="email"
            autoComplete="username"
            required
            {...form.field('email')}
          />
          <PasswordInput
            label={t('form.passwordLabel')}
            autoComplete="current-password"
            required
            visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
            {...form.field('password')}
          />
          <Button type="submit" size="md" loading={login.isPending}>
            {t('login.submit')}
          </Button>
        </Stack>
      </form>
    </PublicPage>
  )
}
