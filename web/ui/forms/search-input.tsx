import { CloseButton, TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { IconSearch } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useQueryParameter, useSetQuery } from '../layout/addresses.ts'

/** The `search` of the address: where lists read what they show, so that a filtered list can be linked and gone back to. */
export function useSearchText(): string {
  return useQueryParameter('search') ?? ''
}

/** A search field that writes to the address while the person types. */
export function SearchInput({ label }: { label: string }) {
  const { t } = useTranslation('ui')
  const setQuery = useSetQuery()
  const [typed, setTyped] = useState(useSearchText())
  const write = useDebouncedCallback((search: string) => setQuery({ search }), 250)
  function change(value: string): void {
    setTyped(value)
    write(value)
  }
  return (
    <TextInput
      type="search"
      role="searchbox"
      aria-label={label}
      placeholder={label}
      w="100%"
      maw={360}
      leftSection={<IconSearch size={16} />}
      rightSection={
        typed === '' ? null : <CloseButton size="sm" aria-label={t('search.clear')} onClick={() => change('')} />
      }
      value={typed}
      onChange={(event) => change(event.currentTarget.value)}
    />
  )
}
