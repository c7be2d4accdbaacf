import { Button, Stack, Text, TextInput } from '@mantine/core'
import { api, ButtonLink, placeFieldProblems, ProblemAlert, TextLink, useTextForm } from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { peoplePaths } from '../paths.ts'
import { EntryPage } from './entry-page.tsx'

/** Asks for a link by mail. The answer is the same whether or not there is such an account. */
export function ForgotPasswordPage() {
  const { t } = useTranslation()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { email: '' },
    rules: ({ email }) => ({ email: /^\S+@\S+$/.test(email.trim()) ? undefined : t('form.email') }),
  })
  const email = form.values.email.trim()
  const ask = useMutation({
    mutationFn: () => api.send('POST', '/auth/password-resets', { email }),
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/email': 'email' })),
  })
  if (ask.isSuccess) {
    return (
      <EntryPage title={t('forgot.sentTitle')}>
        <Stack mt="md">
          <Text role="status">{t('forgot.sent', { email })}</Text>
          <ButtonLink to={peoplePaths.login()} variant="default">
            {t('forgot.back')}
          </ButtonLink>
        </Stack>
      </EntryPage>
    )
  }
  return (
    <EntryPage title={t('forgot.title')} intro={t('forgot.intro')}>
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
          <TextInput
            label={t('form.emailLabel')}
            type="email"
            autoComplete="username"
            required
            {...form.field('email')}
          />
          <Button type="submit" size="md" loading={ask.isPending}>
            {t('forgot.submit')}
          </Button>
          <TextLink to={peoplePaths.login()}>{t('forgot.back')}</TextLink>
        </Stack>
      </form>
    </EntryPage>
  )
}
