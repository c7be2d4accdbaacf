import { Select } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface TimeZoneSelectProps {
  label: string
  value: string
  onChange: (zone: string) => void
}

export function TimeZoneSelect({ label, value, onChange }: TimeZoneSelectProps) {
  const { t } = useTranslation()
  return (
    <Select
      label={label}
      data={timeZones(value)}
      value={value}
      onChange={(zone) => zone !== null && onChange(zone)}
      searchable
      limit={60}
      allowDeselect={false}
      nothingFoundMessage={t('schedule.noZone')}
    />
  )
}

/** What this browser knows, and what is set already even if it does not. */
const timeZones = (current: string): string[] => [...new Set(['UTC', current, ...Intl.supportedValuesOf('timeZone')])]
