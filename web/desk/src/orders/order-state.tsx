import { StateBadge } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { OrderState as State } from '../api/types.ts'

const tones = { draft: 'work', submitted: 'ok', cancelled: 'idle' } as const

export function OrderState({ state }: { state: State }) {
  const { t } = useTranslation()
  return <StateBadge tone={tones[state]} label={t(`orderState.${state}`)} />
}
