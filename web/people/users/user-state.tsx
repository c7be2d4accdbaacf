import { StateBadge } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { User } from '../api/types.ts'

export function UserState({ state }: Pick<User, 'state'>) {
  const { t } = useTranslation()
  return <StateBadge tone={state === 'active' ? 'ok' : 'idle'} label={t(`people.state.${state}`)} />
}
