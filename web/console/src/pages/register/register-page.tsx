import { Button, Stack, Text, TextInput } from '@mantine/core'
import { EntryPage } from '@platen/people'
import {
  api,
  ButtonLink,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  TextLink,
  useTextForm,
} from '@platen/ui'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { registrationQuery } from '../../api/tenants.ts'
import { paths } from '../../paths.ts'

/** Asks for an account and an organisation; a mail brings the link that makes them. */
export function RegisterPage() {
  const { t } = useTranslation()
  const registration = useQuery(registrationQuery).data?.registration
  const [sentTo, setSentTo] = useState<string | null>(null)
  if (sentTo !== null) {
    return (
      <EntryPage title={t('forgot.sentTitle')}>
        <Stack mt="md">
          <Text role="status">{t('register.sent', { email: sentTo })}</Text>
          <BackToSignIn />
        </Stack>
      </EntryPage>
    )
  }
  if (registration !== undefined && registration !== 'open') {
    return (
      <EntryPage title={t('register.closedTitle')} intro={t(`register.${registration}`)}>
        <BackToSignIn />
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('register.title')} intro={t('register.intro')}>
      <RegisterForm onSent={setSentTo} />
    </EntryPage>
  )
}

function BackToSignIn() {
  const { t } = useTranslation()
  return (
    <ButtonLink to={paths.login()} variant="default">
      {t('forgot.back')}
    </ButtonLink>
  )
}

function RegisterForm({ onSent }: { onSent: (email: string) => void }) {
  const { t, i18n } = useTranslation()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { tenantName: '', name: '', email: '', password: '' },
    rules: ({ tenantName, name, email, password }) => ({
      tenantName: tenantName.trim() === '' ? t('form.required') : undefined,
      name: name.trim() === '' ? t('form.required') : undefined,
      email: /^\S+@\S+$/.test(email.trim()) ? undefined : t('form.email'),
      password: password.length < minPasswordLength ? t('form.passwordShort', { count: minPasswordLength }) : undefined,
    }),
  })
  const ask = useMutation({
    mutationFn: () => {
      const { tenantName, name, email, password } = form.values
      const body = { tenantName: tenantName.trim(), name: name.trim(), email: email.trim(), password }
      return api.send('POST', '/auth/register', { ...body, locale: i18n.language })
    },
    onSuccess: () => onSent(form.values.email.trim()),
    onError: (error) =>
      setLeft(
        placeFieldProblems(form, error, {
          '/tenantName': 'tenantName',
          '/name': 'name',
          '/email': 'email',
          '/password': 'password',
        }),
      ),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) ask.mutate()
      }}
    >
      <Stack>
        <ProblemAlert error={left} />
        <TextInput label={t('register.tenant')} autoComplete="organization" required {...form.field('tenantName')} />
        <TextInput label={t('setup.name')} autoComplete="name" required {...form.field('name')} />
        <TextInput
          label={t('form.emailLabel')}
          type="email"
          autoComplete="username"
          required
          {...form.field('email')}
        />
        <NewPasswordInput label={t('form.passwordLabel')} required {...form.field('password')} />
        <Button type="submit" size="md" loading={ask.isPending}>
          {t('register.submit')}
        </Button>
        <TextLink to={paths.login()}>{t('forgot.back')}</TextLink>
      </Stack>
    </form>
  )
}
