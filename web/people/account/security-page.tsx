import { notifySuccess, Panel } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { AccountFrame } from './account-frame.tsx'
import { NewPasswordForm } from './new-password-form.tsx'
import { SecondFactorPanel } from './second-factor/second-factor-panel.tsx'

export function SecurityPage() {
  const { t } = useTranslation()
  return (
    <AccountFrame title={t('myAccount.security')}>
      <SecondFactorPanel />
      <Panel title={t('myAccount.password')} description={t('myAccount.passwordText')}>
        <NewPasswordForm
          asksCurrent
          submitLabel={t('myAccount.changePassword')}
          onDone={() => notifySuccess(t('myAccount.passwordChanged'))}
        />
      </Panel>
    </AccountFrame>
  )
}
