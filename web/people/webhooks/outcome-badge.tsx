import { StateBadge } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Outcome } from '../api/types.ts'

const tones: Record<Outcome, Tone> = { delivered: 'ok', retrying: 'work', failed: 'bad' }

export function OutcomeBadge({ outcome }: { outcome: Outcome }) {
  const { t } = useTranslation()
  return <StateBadge tone={tones[outcome]} label={t(`webhookOutcome.${outcome}`)} />
}
