import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '@platen/ui'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { IconBarcode } from '@tabler/icons-react'
import { useId, useState } from 'react'
import type { KeyboardEvent } from 'react'
import { useTranslation } from 'react-i18next'
import { findProducts } from '../api/queries.ts'
import type { Product } from '../api/types.ts'
import classes from './product-search.module.css'

/**
 * Adds products by keyboard alone: type, Enter adds the marked match, the field is empty and ready for the next. A barcode
 * scanner types faster than answers come, so Enter asks the server itself when the matches on screen are for other letters.
 */
export function ProductSearch({ onAdd }: { onAdd: (product: Product) => void }) {
  const { t } = useTranslation()
  const listId = useId()
  const [typed, setTyped] = useState('')
  const [marked, setMarked] = useState(0)
  const [missed, setMissed] = useState<string | null>(null)
  const text = typed.trim()
  const [search] = useDebouncedValue(text, 150)
  const query = useQuery({
    queryKey: ['products', 'find', search],
    queryFn: ({ signal }) => findProducts(search, signal),
    enabled: search !== '',
    placeholderData: keepPreviousData,
  })
  const found = text === '' ? [] : (query.data?.items ?? [])
  const isCurrent = search === text && !query.isPlaceholderData && query.data !== undefined

  function change(value: string): void {
    setTyped(value)
    setMarked(0)
    setMissed(null)
  }
  function add(product: Product): void {
    change('')
    onAdd(product)
  }
  async function addTyped(): Promise<void> {
    const product = isCurrent ? found[marked] : await firstMatch(text)
    if (product) add(product)
    else setMissed(text)
  }
  function onKeyDown(event: KeyboardEvent): void {
    const last = found.length - 1
    if (event.key === 'ArrowDown') setMarked(Math.min(last, marked + 1))
    else if (event.key === 'ArrowUp') setMarked(Math.max(0, marked - 1))
    else if (event.key === 'Escape') change('')
    else if (event.key === 'Enter' && text !== '') void addTyped()
    else if (event.key !== 'Enter') return
    event.preventDefault()
  }
  const isOpen = found.length > 0
  return (
    <div className={classes.field}>
      <TextInput
        label={t('lines.add')}
        description={t('lines.addRule')}
        leftSection={<IconBarcode size={18} />}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={isOpen ? `${listId}-${marked}` : undefined}
        autoComplete="off"
        value={typed}
        error={missed === null ? undefined : t('lines.noMatch', { search: missed })}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      <ul id={listId} role="listbox" aria-label={t('lines.matches')} className={classes.list} hidden={!isOpen}>
        {found.map((product, index) => (
          <Match
            key={product.id}
            id={`${listId}-${index}`}
            product={product}
            isMarked={index === marked}
            onChoose={() => add(product)}
          />
        ))}
      </ul>
    </div>
  )
}

interface MatchProps {
  id: string
  product: Product
  isMarked: boolean
  onChoose: () => void
}

function Match({ id, product, isMarked, onChoose }: MatchProps) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    // The keys are handled by the field, which keeps the focus; this is only the way for a mouse.
    <li
      id={id}
      role="option"
      aria-selected={isMarked}
      className={classes.match}
      onMouseDown={(event) => {
        event.preventDefault()
        onChoose()
      }}
    >
      <span>
        {product.name} <span className={classes.quiet}>{product.sku}</span>
      </span>
      <span className={classes.quiet}>
        {product.stock &&
          `${t('lines.available', { count: Number(product.stock.available), quantity: format.quantity(product.stock.available) })} · `}
        {format.money(product.unitPrice)}
      </span>
    </li>
  )
}

async function firstMatch(text: string): Promise<Product | undefined> {
  const { items } = await findProducts(text).catch(() => ({ items: [] }))
  const isExact = (product: Product) =>
    [product.barcode, product.sku].some((code) => code?.toLowerCase() === text.toLowerCase())
  return items.find(isExact) ?? items[0]
}
