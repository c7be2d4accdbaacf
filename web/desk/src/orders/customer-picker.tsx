import { Group, Select } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { TextLink } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { customersQuery } from '../api/queries.ts'
import { paths } from '../paths.ts'

interface CustomerPickerProps {
  id: string | null
  name: string
  error: string | undefined
  onChange: (id: string | null, name: string) => void
}

/** Chooses a customer by typing a part of the name. */
export function CustomerPicker({ id, name, error, onChange }: CustomerPickerProps) {
  const { t } = useTranslation()
  const [typed, setTyped] = useState(name)
  // The name of the chosen one is no search: opening the list again shows everybody.
  const [search] = useDebouncedValue(typed === name ? '' : typed.trim(), 200)
  const found = useInfiniteQuery(customersQuery(search)).data?.pages[0]?.items ?? []
  const options = found.map((customer) => ({ value: customer.id, label: customer.name }))
  const hasChosen = id === null || options.some((option) => option.value === id)
  return (
    <Group align="flex-end" gap="md">
      <Select
        label={t('orders.customer')}
        placeholder={t('orders.pickCustomer')}
        searchable
        required
        error={error}
        nothingFoundMessage={t('customers.noMatch', { search: typed })}
        data={hasChosen ? options : [{ value: id, label: name }, ...options]}
        filter={({ options: all }) => all}
        value={id}
        searchValue={typed}
        onSearchChange={setTyped}
        onChange={(value, option) => onChange(value, option?.label ?? '')}
        w={360}
        maw="100%"
      />
      <TextLink to={paths.newCustomer()}>{t('customers.new')}</TextLink>
    </Group>
  )
}
