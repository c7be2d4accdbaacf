import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import { api, ProblemAlert, ProblemError, TextLink, useGo, useQueryParameter, useTextForm } from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { forgetPerson } from '../app/sign-out.ts'
import { usePlace } from '../app/place.tsx'
import { peoplePaths, safeNext } from '../paths.ts'
import { CodeStep } from './code-step.tsx'
import { EntryPage } from './entry-page.tsx'

/** Signs in, in one step or in two: a code is asked for only where the account has a second factor. */
export function LoginPage() {
  const { t } = useTranslation()
  const { SignInIntro, SignInFooter } = usePlace()
  const go = useGo()
  const next = useQueryParameter('next')
  const [isCodeAsked, askCode] = useState(false)
  const form = useTextForm({
    initial: { email: '', password: '' },
    rules: (values) => ({
      email: values.email.trim() === '' ? t('form.required') : undefined,
      password: values.password === '' ? t('form.required') : undefined,
    }),
  })
  const login = useMutation({
    mutationFn: (code?: string) =>
      api.signIn('/auth/login', {
        email: form.values.email.trim(),
        password: form.values.password,
        ...(code === undefined ? {} : { code }),
      }),
    onSuccess() {
      forgetPerson()
      go.push(safeNext(next))
    },
    onError(error) {
      const isCodeWanted = error instanceof ProblemError && /^second-factor-(needed|wrong)$/.test(error.code)
      askCode(isCodeWanted)
      if (!isCodeWanted) form.setValue('password', '')
    },
  })
  const wasAsked = login.error instanceof ProblemError && login.error.code === 'second-factor-needed'
  const refusal = wasAsked ? null : login.error
  function startAgain(): void {
    askCode(false)
    login.reset()
    form.setValue('password', '')
  }
  return (
    <EntryPage
      title={t(isCodeAsked ? 'signIn.codeTitle' : 'signIn.title')}
      intro={isCodeAsked ? t('signIn.codeIntro') : <SignInIntro />}
      footer={SignInFooter && <SignInFooter />}
    >
      {isCodeAsked ? (
        <CodeStep error={refusal} isWorking={login.isPending} onCode={login.mutate} onBack={startAgain} />
      ) : (
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            if (form.isAcceptable()) login.mutate(undefined)
          }}
        >
          <Stack>
            <ProblemAlert error={refusal} />
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
              {t('signIn.submit')}
            </Button>
            <TextLink to={peoplePaths.forgotPassword()}>{t('signIn.forgot')}</TextLink>
          </Stack>
        </form>
      )}
    </EntryPage>
  )
}
