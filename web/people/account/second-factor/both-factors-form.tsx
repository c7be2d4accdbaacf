import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { ProblemAlert, useTextForm } from '@platen/ui'
import { useTranslation } from 'react-i18next'

interface BothFactorsFormProps {
  text: string
  submitLabel: string
  tone?: 'danger'
  isWorking: boolean
  error: unknown
  onProof: (proof: { password: string; code: string }) => void
}

/** Asks for password and code: whoever sits down at an open session must not be able to change the second factor. */
export function BothFactorsForm({ text, submitLabel, tone, isWorking, error, onProof }: BothFactorsFormProps) {
  const { t } = useTranslation()
  const form = useTextForm({
    initial: { password: '', code: '' },
    rules: ({ password, code }) => ({
      password: password === '' ? t('form.required') : undefined,
      code: code.trim() === '' ? t('form.required') : undefined,
    }),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        if (form.isAcceptable()) onProof({ password: form.values.password, code: form.values.code.trim() })
      }}
    >
      <Stack>
        <Text>{text}</Text>
        <ProblemAlert error={error} />
        <PasswordInput
          label={t('myAccount.currentPassword')}
          autoComplete="current-password"
          visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
          data-autofocus
          {...form.field('password')}
        />
        <TextInput
          label={t('signIn.code')}
          description={t('signIn.codeRule')}
          autoComplete="one-time-code"
          {...form.field('code')}
        />
        <Button type="submit" loading={isWorking} {...(tone === 'danger' ? { color: 'red' } : {})}>
          {submitLabel}
        </Button>
      </Stack>
    </form>
  )
}
