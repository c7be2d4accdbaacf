import { EmptyState, QueryView } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { meQuery } from '../api/queries.ts'

interface NeedsPermissionsProps {
  all: readonly string[]
  children: ReactNode
}

/** Content that would only be refused to whoever lacks a permission: they are sent to the menu, which has what is theirs. */
export function NeedsPermissions({ all, children }: NeedsPermissionsProps) {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(meQuery)}>
      {({ permissions }) =>
        permissions.includes('*') || all.every((permission) => permissions.includes(permission)) ? (
          children
        ) : (
          <EmptyState title={t('elsewhere.title')}>{t('elsewhere.text')}</EmptyState>
        )
      }
    </QueryView>
  )
}
