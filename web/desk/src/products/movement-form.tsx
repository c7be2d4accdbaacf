import { Button, NativeSelect, TextInput } from '@mantine/core'
import { api, notifySuccess, placeFieldProblems, ProblemAlert, toDecimalText, useTextForm } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Product } from '../api/types.ts'
import classes from './stock-panel.module.css'

/** Receives goods, or adjusts the stock by what a count found; a minus takes away. */
export function MovementForm({ product }: { product: Product }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [left, setLeft] = useState<unknown>(null)
  // Kept until an answer comes: pressing again after an outage moves the stock once.
  const [idempotencyKey, setKey] = useState(() => crypto.randomUUID())
  const form = useTextForm({
    initial: { kind: 'receipt', quantity: '', reason: '' },
    rules: ({ kind, quantity }) => ({
      quantity: (kind === 'receipt' ? /^\d+(\.\d{1,4})?$/ : /^-?\d+(\.\d{1,4})?$/).test(toDecimalText(quantity))
        ? undefined
        : t(kind === 'receipt' ? 'product.quantityRule' : 'stock.adjustmentRule'),
    }),
  })
  const move = useMutation({
    mutationFn: () => {
      const { kind, quantity, reason } = form.values
      const body = {
        kind,
        quantity: toDecimalText(quantity),
        ...(reason.trim() === '' ? {} : { reason: reason.trim() }),
      }
      return api.send('POST', `/products/${product.id}/stock-movements`, body, { idempotencyKey })
    },
    onSuccess() {
      setKey(crypto.randomUUID())
      form.reset()
      notifySuccess(t('stock.moved'))
      void client.invalidateQueries({ queryKey: ['products'] })
    },
    onError: (error) => setLeft(placeFieldProblems(form, error, { '/quantity': 'quantity' })),
  })
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        setLeft(null)
        if (form.isAcceptable()) move.mutate()
      }}
    >
      <ProblemAlert error={left} />
      <div className={classes.form}>
        <NativeSelect label={t('stock.kind')} {...form.field('kind')}>
          <option value="receipt">{t('stock.receipt')}</option>
          <option value="adjustment">{t('stock.adjustment')}</option>
        </NativeSelect>
        <TextInput label={t('lines.quantity')} inputMode="decimal" w={130} {...form.field('quantity')} />
        <TextInput label={t('stock.reasonOptional')} {...form.field('reason')} />
        <Button type="submit" variant="default" mt={25} loading={move.isPending}>
          {t(form.values.kind === 'receipt' ? 'stock.receive' : 'stock.adjust')}
        </Button>
      </div>
    </form>
  )
}
