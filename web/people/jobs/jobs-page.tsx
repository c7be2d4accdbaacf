import { FilterSelect, Toolbar, useQueryParameter } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { AdministrationPage } from '../app/administration.tsx'
import { JobsTable } from './jobs-table.tsx'
import { ReportsPanel } from './reports-panel.tsx'

const states = ['queued', 'running', 'failed', 'succeeded', 'discarded'] as const

/** What runs in the background, and what has failed there. */
export function JobsPage() {
  const { t } = useTranslation()
  const state = useQueryParameter('state') ?? ''
  return (
    <AdministrationPage title={t('jobs.title')} description={t('jobs.intro')}>
      <Toolbar>
        <FilterSelect
          name="state"
          label={t('jobs.filter')}
          options={[
            { value: '', label: t('jobs.anyState') },
            ...states.map((value) => ({ value, label: t(`jobState.${value}`) })),
          ]}
        />
      </Toolbar>
      <JobsTable state={state} />
      <ReportsPanel />
    </AdministrationPage>
  )
}
