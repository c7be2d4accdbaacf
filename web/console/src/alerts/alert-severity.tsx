import { StateBadge } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Alert } from '../api/types.ts'

const tones = { info: 'idle', warning: 'warn', critical: 'bad' } as const

export function AlertSeverity({ severity }: Pick<Alert, 'severity'>) {
  const { t } = useTranslation()
  return <StateBadge tone={tones[severity]} label={t(`alertSeverity.${severity}`)} />
}
