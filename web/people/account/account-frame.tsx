import { Page, TabLinks } from '@platen/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { peoplePaths } from '../paths.ts'

/** What the pages of one's own account have in common. */
export function AccountFrame({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useTranslation()
  return (
    <Page title={t('myAccount.title')} windowTitle={title}>
      <TabLinks
        label={t('myAccount.pages')}
        items={[
          { to: peoplePaths.account(), label: t('myAccount.profile') },
          { to: peoplePaths.accountSecurity(), label: t('myAccount.security') },
          { to: peoplePaths.accountSessions(), label: t('myAccount.sessions') },
          { to: peoplePaths.accountTokens(), label: t('myAccount.tokens') },
        ]}
      />
      {children}
    </Page>
  )
}
