import { StateBadge } from '@platen/ui'
import type { Tone } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { BackupState as State } from '../api/backups.ts'

const tones: Record<State, Tone> = {
  pending: 'idle',
  running: 'work',
  stored: 'work',
  verified: 'ok',
  failed: 'bad',
  removing: 'idle',
}

export function BackupState({ state }: { state: State }) {
  const { t } = useTranslation()
  return <StateBadge tone={tones[state]} label={t(`backupState.${state}`)} />
}
