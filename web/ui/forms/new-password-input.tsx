import { PasswordInput, Progress, Text } from '@mantine/core'
import type { PasswordInputProps } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { minPasswordLength, passwordStrength } from './password-strength.ts'

/** A new password with its rule and an honest guess at its strength. */
export function NewPasswordInput(props: PasswordInputProps & { value?: string }) {
  const { t } = useTranslation('ui')
  const value = props.value ?? ''
  const strength = passwordStrength(value)
  const colors = { short: 'orange', fair: 'blue', strong: 'green' } as const
  const length = { short: (value.length / minPasswordLength) * 50, fair: 75, strong: 100 }[strength]
  return (
    <div>
      <PasswordInput
        description={t('password.rule', { count: minPasswordLength })}
        autoComplete="new-password"
        visibilityToggleButtonProps={{ 'aria-label': t('password.show') }}
        {...props}
      />
      <Progress value={length} size={4} mt={8} color={colors[strength]} aria-label={t('password.strength')} />
      <Text size="sm" c="dimmed" mt={4} aria-live="polite">
        {value === '' ? ' ' : t(`password.${strength}`, { count: minPasswordLength - value.length })}
      </Text>
    </div>
  )
}
