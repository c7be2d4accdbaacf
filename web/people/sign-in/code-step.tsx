import { Button, Stack, TextInput } from '@mantine/core'
import { ProblemAlert, ProblemError } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'

interface CodeStepProps {
  error: unknown
  isWorking: boolean
  /** Default: signing in. */
  submitLabel?: string
  onCode: (code: string) => void
  /** Default: with another account. */
  backLabel?: string
  onBack: () => void
}

/** The second step of signing in: a code of the app, or one of the recovery codes. */
export function CodeStep({ error, isWorking, submitLabel, onCode, backLabel, onBack }: CodeStepProps) {
  const { t } = useTranslation()
  const [code, setCode] = useState('')
  const isWrong = error instanceof ProblemError && error.code === 'second-factor-wrong'
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        onCode(code.trim())
        setCode('')
      }}
    >
      <Stack>
        {!isWrong && <ProblemAlert error={error} />}
        <TextInput
          label={t('signIn.code')}
          description={t('signIn.codeRule')}
          error={isWrong && code === '' ? t('problem.second-factor-wrong') : undefined}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <Button type="submit" size="md" loading={isWorking} disabled={code.trim() === ''}>
          {submitLabel ?? t('signIn.submit')}
        </Button>
        <Button variant="subtle" onClick={onBack}>
          {backLabel ?? t('signIn.otherAccount')}
        </Button>
      </Stack>
    </form>
  )
}
