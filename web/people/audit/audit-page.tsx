import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { AuditEntry } from '../api/types.ts'
import { AdministrationPage } from '../app/administration.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { AuditTable } from './audit-table.tsx'
import { EntryDrawer } from './entry-drawer.tsx'
import { ExportMenu } from './export-menu.tsx'
import { useAuditFilters } from './use-audit-filters.ts'
import { VerifyPanel } from './verify-panel.tsx'

/** Who did what: searched, taken away as a file, and proven to be whole. */
export function AuditPage() {
  const { t } = useTranslation()
  const filters = useAuditFilters()
  const [entry, show] = useState<AuditEntry | null>(null)
  return (
    <AdministrationPage
      title={t('audit.title')}
      description={t('audit.intro')}
      action={<ExportMenu filters={filters} />}
    >
      <AuditFilters />
      <AuditTable filters={filters} onShow={show} />
      <VerifyPanel />
      <EntryDrawer entry={entry} onClose={() => show(null)} />
    </AdministrationPage>
  )
}
