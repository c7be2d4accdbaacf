import { Text } from '@mantine/core'
import { DataTable, TextLink, TimeAgo, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Order } from '../api/types.ts'
import { paths } from '../paths.ts'
import { OrderState } from './order-state.tsx'

export function OrdersTable({ orders }: { orders: readonly Order[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <DataTable
      label={t('orders.title')}
      rows={orders}
      rowKey={(order) => order.id}
      columns={[
        {
          key: 'order',
          header: t('orders.order'),
          render: (order) => (
            <>
              <TextLink to={paths.order(order.id)}>{order.number ?? t('orders.draft')}</TextLink>
              <Text size="sm" c="dimmed">
                {order.customer.name}
              </Text>
            </>
          ),
        },
        { key: 'state', header: t('orders.state'), render: (order) => <OrderState state={order.state} /> },
        {
          key: 'created',
          header: t('orders.created'),
          secondary: true,
          render: (order) => <TimeAgo iso={order.createdAt} />,
        },
        {
          key: 'gross',
          header: t('totals.gross'),
          align: 'right',
          render: (order) => format.money(order.totals.gross),
        },
      ]}
    />
  )
}
