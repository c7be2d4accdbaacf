import { Button, Text, TextInput } from '@mantine/core'
import {
  api,
  ConfirmDialog,
  DataTable,
  DateTime,
  notifySuccess,
  Panel,
  PropertyList,
  TextLink,
  useFormat,
} from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { orderQuery } from '../api/queries.ts'
import type { Order } from '../api/types.ts'
import { paths } from '../paths.ts'
import { TotalsList } from './totals-list.tsx'

/** An order that is no draft any more: read, not written. */
export function OrderView({ order }: { order: Order }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <>
      <Panel title={t('orders.about')}>
        <PropertyList
          items={[
            {
              label: t('orders.customer'),
              value: <TextLink to={paths.customer(order.customer.id)}>{order.customer.name}</TextLink>,
            },
            { label: t('orders.created'), value: <DateTime iso={order.createdAt} /> },
            ...(order.submittedAt === null
              ? []
              : [{ label: t('orders.submittedAt'), value: <DateTime iso={order.submittedAt} /> }]),
            ...(order.cancelledAt === null
              ? []
              : [{ label: t('orders.cancelledAt'), value: <DateTime iso={order.cancelledAt} /> }]),
            ...(order.note === null ? [] : [{ label: t('orders.note'), value: order.note }]),
          ]}
        />
      </Panel>
      <Panel title={t('lines.title')}>
        <DataTable
          label={t('lines.title')}
          rows={order.lines}
          rowKey={(line) => line.id}
          columns={[
            {
              key: 'product',
              header: t('lines.product'),
              render: ({ product }) => (
                <>
                  <TextLink to={paths.product(product.id)}>{product.name}</TextLink>
                  <Text size="sm" c="dimmed">
                    {product.sku}
                  </Text>
                </>
              ),
            },
            {
              key: 'quantity',
              header: t('lines.quantity'),
              align: 'right',
              render: (line) => format.quantity(line.quantity),
            },
            {
              key: 'price',
              header: t('lines.unitPrice'),
              align: 'right',
              secondary: true,
              render: (line) => format.money(line.unitPrice),
            },
            {
              key: 'discount',
              header: t('lines.discount'),
              align: 'right',
              secondary: true,
              render: (line) => (line.discountPercent === null ? '–' : format.percent(line.discountPercent)),
            },
            {
              key: 'vat',
              header: t('lines.vat'),
              align: 'right',
              secondary: true,
              render: (line) => format.percent(line.vat.rate),
            },
            { key: 'net', header: t('lines.net'), align: 'right', render: (line) => format.money(line.net) },
          ]}
        />
      </Panel>
      <Panel title={t('totals.title')}>
        <TotalsList totals={order.totals} />
      </Panel>
    </>
  )
}

/** Cancels an order and gives back what it held. */
export function CancelButton({ order }: { order: Order }) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const [isAsked, setAsked] = useState(false)
  const [reason, setReason] = useState('')
  const cancel = useMutation({
    mutationFn: () =>
      api.send<Order>('PUT', `/orders/${order.id}/cancellation`, reason.trim() === '' ? {} : { reason: reason.trim() }),
    onSuccess(cancelled) {
      client.setQueryData(orderQuery(order.id).queryKey, cancelled)
      void client.invalidateQueries({ queryKey: ['orders', 'list'] })
      void client.invalidateQueries({ queryKey: ['products'] })
      setAsked(false)
      notifySuccess(t('orders.cancelled'))
    },
  })
  if (order.actions.find((action) => action.name === 'cancel')?.allowed !== true) return null
  return (
    <>
      <Button variant="default" onClick={() => setAsked(true)}>
        {t('orders.cancel')}
      </Button>
      <ConfirmDialog
        opened={isAsked}
        onClose={() => setAsked(false)}
        title={t('orders.cancelTitle')}
        confirmLabel={t('orders.cancel')}
        tone="danger"
        isWorking={cancel.isPending}
        error={cancel.error}
        onConfirm={() => cancel.mutate()}
      >
        {t('orders.cancelText')}
        <TextInput
          mt="md"
          label={t('stock.reasonOptional')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
      </ConfirmDialog>
    </>
  )
}
