import { Button, PasswordInput, Stack, TextInput } from '@mantine/core'
import {
  api,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  useGo,
  useTextForm,
} from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectedInvitation } from '../api/types.ts'
import { forgetPerson } from '../app/sign-out.ts'
import { EntryPage } from './entry-page.tsx'

/** Somebody new chooses a name and a password; somebody known proves with the password they have. */
export function AcceptInvitation({ token, invitation }: { token: string; invitation: InspectedInvitation }) {
  const { t } = useTranslation()
  const go = useGo()
  const [left, setLeft] = useState<unknown>(null)
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
    mutationFn: () => {
      const { name, password } = form.values
      return api.signIn('/auth/invitations/acceptance', { token, password, ...(isKnown ? {} : { name: name.trim() }) })
    },
    onSuccess() {
      forgetPerson()
      go.replace('/')
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/name': 'name', '/password': 'password' })),
  })
  const { email, place } = invitation
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
          if (form.isAcceptable()) accept.mutate()
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
