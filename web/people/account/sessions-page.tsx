import { Panel } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { AccountFrame } from './account-frame.tsx'
import { EndOthersButton } from './sessions/end-others-button.tsx'
import { SessionsTable } from './sessions/sessions-table.tsx'

/** Where one is signed in. */
export function SessionsPage() {
  const { t } = useTranslation()
  return (
    <AccountFrame title={t('myAccount.sessions')}>
      <Panel title={t('sessions.title')} description={t('sessions.text')} action={<EndOthersButton />}>
        <SessionsTable />
      </Panel>
    </AccountFrame>
  )
}
