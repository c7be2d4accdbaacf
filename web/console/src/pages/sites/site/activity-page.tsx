import { EmptyState } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { OperationsTable } from '../../../operations/operations-table.tsx'
import { SiteFrame } from './site-frame.tsx'

export function ActivityPage() {
  const { t } = useTranslation()
  return (
    <SiteFrame>
      {(site) => <OperationsTable subject={site.id} empty={<EmptyState title={t('operations.none')} />} />}
    </SiteFrame>
  )
}
