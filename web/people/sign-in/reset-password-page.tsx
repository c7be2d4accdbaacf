import { Button, Stack } from '@mantine/core'
import {
  api,
  ButtonLink,
  minPasswordLength,
  NewPasswordInput,
  placeFieldProblems,
  ProblemAlert,
  useTextForm,
} from '@platen/ui'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { peoplePaths } from '../paths.ts'
import { EntryPage } from './entry-page.tsx'
import { LinkRefused } from './link-refused.tsx'
import { useLinkToken } from './link-token.ts'

/** A new password by a link that was mailed. Whoever has it still signs in afterwards: a second factor is not skipped. */
export function ResetPasswordPage() {
  const token = useLinkToken()
  const { t } = useTranslation()
  const [left, setLeft] = useState<unknown>(null)
  const form = useTextForm({
    initial: { newPassword: '' },
    rules: ({ newPassword }) => ({
      newPassword:
        newPassword.length < minPasswordLength ? t('form.passwordShort', { count: minPasswordLength }) : undefined,
    }),
  })
  const redeem = useMutation({
    mutationFn: () =>
      api.send('POST', '/auth/password-resets/redemption', { token, newPassword: form.values.newPassword }),
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/newPassword': 'newPassword' })),
  })
  if (redeem.isSuccess) {
    return (
      <EntryPage title={t('reset.doneTitle')} intro={t('reset.done')}>
        <ButtonLink to={peoplePaths.login()} size="md" fullWidth>
          {t('signIn.submit')}
        </ButtonLink>
      </EntryPage>
    )
  }
  if (token === null) return <LinkRefused again={peoplePaths.forgotPassword()} againLabel={t('forgot.title')} />
  return (
    <EntryPage title={t('reset.title')} intro={t('reset.intro')}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setLeft(null)
          if (form.isAcceptable()) redeem.mutate()
        }}
      >
        <Stack>
          <ProblemAlert error={left} />
          <NewPasswordInput label={t('myAccount.newPassword')} required {...form.field('newPassword')} />
          <Button type="submit" size="md" loading={redeem.isPending}>
            {t('reset.submit')}
          </Button>
        </Stack>
      </form>
    </EntryPage>
  )
}
