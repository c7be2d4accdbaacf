import { EmptyState, Page } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { OperationsTable } from '../../operations/operations-table.tsx'

export function OperationsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('operations.title')} description={t('operations.intro')}>
      <OperationsTable empty={<EmptyState title={t('operations.none')}>{t('operations.noneText')}</EmptyState>} />
    </Page>
  )
}
