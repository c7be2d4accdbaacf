import { Page, TabLinks } from '@platen/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { peoplePaths } from '../paths.ts'
import { usePlace } from './place.tsx'
import type { AdministrationTab } from './place.tsx'
import { useMay } from './use-may.ts'

const noTabs = (): AdministrationTab[] => []

/** The pages of administration that who is signed in may see, those of the app first. */
export function useAdministrationTabs(): AdministrationTab[] {
  const { t } = useTranslation()
  const may = useMay()
  const { useOwnTabs = noTabs, useDeadLetterRights } = usePlace()
  const deadLetters = useDeadLetterRights()
  return [
    ...useOwnTabs(),
    ...(may('users.read') ? [{ to: peoplePaths.people(), label: t('people.title') }] : []),
    ...(may('roles.read') ? [{ to: peoplePaths.roles(), label: t('roles.title') }] : []),
    ...(may('audit.read') ? [{ to: peoplePaths.audit(), label: t('audit.title') }] : []),
    ...(may('jobs.read') ? [{ to: peoplePaths.jobs(), label: t('jobs.title') }] : []),
    ...(may('webhooks.read') ? [{ to: peoplePaths.webhooks(), label: t('webhook.title') }] : []),
    ...(deadLetters.mayRead ? [{ to: peoplePaths.deadLetters(), label: t('deadLetters.title') }] : []),
  ]
}

interface AdministrationPageProps {
  /** Names the tab, and the window. */
  title: string
  description?: ReactNode
  action?: ReactNode
  children: ReactNode
}

/** A page of administration: one title for all of them, the tabs, then what this one is about. */
export function AdministrationPage({ title, description, action, children }: AdministrationPageProps) {
  const { t } = useTranslation()
  const tabs = useAdministrationTabs()
  return (
    <Page title={title} windowTitle={title} description={description} action={action}>
      <TabLinks label={t('administration.pages')} items={tabs} />
      {children}
    </Page>
  )
}
