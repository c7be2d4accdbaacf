import { TextInput } from '@mantine/core'
import { FilterSelect, SearchInput, Toolbar, useQueryParameter, useSetQuery } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import { usePlace } from '../app/place.tsx'

/** What the audit trail names most, beside what the app knows; others are found by the search. */
const resources = ['session', 'user', 'role', 'invitation', 'api-token', 'webhook', 'job', 'audit']

export function AuditFilters() {
  const { t } = useTranslation()
  const { auditResources } = usePlace()
  return (
    <Toolbar>
      <SearchInput label={t('audit.search')} />
      <FilterSelect
        name="resource"
        label={t('audit.filter')}
        options={[
          { value: '', label: t('audit.anything') },
          ...[...auditResources, ...resources].map((value) => ({ value, label: t(`auditResource.${value}`) })),
        ]}
      />
      <DayInput name="from" label={t('audit.from')} />
      <DayInput name="to" label={t('audit.to')} />
    </Toolbar>
  )
}

function DayInput({ name, label }: { name: string; label: string }) {
  const value = useQueryParameter(name) ?? ''
  const change = useSetQuery()
  return (
    <TextInput
      type="date"
      aria-label={label}
      title={label}
      value={value}
      onChange={(event) => change({ [name]: event.currentTarget.value })}
    />
  )
}
