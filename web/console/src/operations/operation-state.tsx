import { StateBadge } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { OperationState as State } from '../api/types.ts'

const tones: Record<State, Tone> = {
  pending: 'idle',
  running: 'work',
  undoing: 'warn',
  succeeded: 'ok',
  failed: 'bad',
  'needs-attention': 'bad',
  cancelled: 'idle',
}

export function OperationState({ state }: { state: State }) {
  const { t } = useTranslation()
  return <StateBadge tone={tones[state]} label={t(`operationState.${state}`)} />
}
