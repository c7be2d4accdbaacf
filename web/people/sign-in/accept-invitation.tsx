import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import {
  api,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  ProblemError,
  useGo,
  useTextForm,
} from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectedInvitation } from '../api/types.ts'
import { forgetPerson } from '../app/sign-out.ts'
import { CodeStep } from './code-step.tsx'
import { EntryPage } from './entry-page.tsx'

/** Somebody new chooses a name and a password; somebody known proves with the password they have, and their second factor. */
export function AcceptInvitation({ token, invitation }: { token: string; invitation: InspectedInvitation }) {
  const { t } = useTranslation()
  const go = useGo()
  const [left, setLeft] = useState<unknown>(null)
  const [isCodeAsked, askCode] = useState(false)
  const isKnown = invitation.accountExists
  const form = useTextForm({
    initial: { name: invitation.name, password: '' },
    rules: ({ name, password }) => ({
      name: isKnown || name.trim() !== '' ? undefined : t('form.required'),
      password: passwordRule(password),
    }),
  })
  function passwordRule(password: string): string | undefined {
    if (isKnown) return password === '' ? t('form.required') : undefined
    return password.length < minPasswordLength ? t('form.passwordShort', { count: minPasswordLength }) : undefined
  }
  const accept = useMutation({
    mutationFn: (code?: string) => {
      const { name, password } = form.values
      return api.signIn('/auth/invitations/acceptance', {
        token,
        password,
        ...(isKnown ? {} : { name: name.trim() }),
        ...(code === undefined ? {} : { code }),
      })
    },
    onSuccess() {
      forgetPerson()
      go.replace('/')
    },
    onError(error) {
      const isCodeWanted = error instanceof ProblemError && /^second-factor-(needed|wrong)$/.test(error.code)
      askCode(isCodeWanted)
      if (!isCodeWanted) setLeft(placeFieldProblems(form, error, { '/name': 'name', '/password': 'password' }))
    },
  })
  const { email, place } = invitation
  if (isCodeAsked) {
    const wasAsked = accept.error instanceof ProblemError && accept.error.code === 'second-factor-needed'
    return (
      <EntryPage title={t('signIn.codeTitle')} intro={t('signIn.codeIntro')}>
        <CodeStep
          error={wasAsked ? null : accept.error}
          isWorking={accept.isPending}
          submitLabel={t('accept.submit')}
          onCode={accept.mutate}
          backLabel={t('accept.back')}
          onBack={() => {
            askCode(false)
            accept.reset()
          }}
        />
      </EntryPage>
    )
  }
  return (
    <EntryPage
      title={t('accept.title', { place })}
      intro={t(isKnown ? 'accept.introKnown' : 'accept.intro', { email, place })}
    >
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) accept.mutate(undefined)
        }}
      >
        <Stack>
          <ProblemAlert error={left} />
          {/* For the browser's memory of passwords: the address is given and not asked for. */}
          <TextInput label={t('form.emailLabel')} type="email" autoComplete="username" value={email} readOnly />
          {isKnown ? (
            <PasswordInput
              label={t('form.passwordLabel')}
              autoComplete="current-password"
              required
              visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
              {...form.field('password')}
            />
          ) : (
            <>
              <TextInput label={t('accept.name')} autoComplete="name" required {...form.field('name')} />
              <NewPasswordInput label={t('form.passwordLabel')} required {...form.field('password')} />
            </>
          )}
          <Button type="submit" size="md" loading={accept.isPending}>
            {t('accept.submit')}
          </Button>
        </Stack>
      </form>
    </EntryPage>
  )
}
