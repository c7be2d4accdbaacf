import { api, ConnectionBanner, PublicPage } from '@platen/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

interface EntryPageProps {
  title: string
  intro?: ReactNode
  footer?: ReactNode
  children: ReactNode
}

/** A page of somebody who is not signed in, or not yet. */
export function EntryPage({ children, ...words }: EntryPageProps) {
  const { t } = useTranslation()
  return (
    <PublicPage brand={t('brand')} banner={<ConnectionBanner connection={api.connection} />} {...words}>
      {children}
    </PublicPage>
  )
}
