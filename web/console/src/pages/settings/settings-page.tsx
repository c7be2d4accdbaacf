import { Page } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { MailPanel } from './mail-panel.tsx'
import { PlanPolicies } from './plan-policies.tsx'
import { PlatformFacts } from './platform-facts.tsx'
import { WebhooksPanel } from './webhooks-panel.tsx'

/** What operators set for the whole platform. */
export function SettingsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('settings.title')} description={t('settings.intro')}>
      <PlanPolicies />
      <MailPanel />
      <WebhooksPanel />
      <PlatformFacts />
    </Page>
  )
}
