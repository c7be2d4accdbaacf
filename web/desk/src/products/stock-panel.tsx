import { Text } from '@mantine/core'
import { DataTable, Panel, QueryView, TextLink, TimeAgo, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { stockQuery } from '../api/queries.ts'
import type { Product, Stock } from '../api/types.ts'
import { paths } from '../paths.ts'
import { MovementForm } from './movement-form.tsx'
import classes from './stock-panel.module.css'

/** How much there is, who holds it, and what moved it. */
export function StockPanel({ product }: { product: Product }) {
  const { t } = useTranslation()
  return (
    <QueryView query={useQuery(stockQuery(product.id))}>
      {(stock) => (
        <>
          <Panel title={t('stock.title')}>
            <Figures stock={stock} />
            {product.archivedAt === null && <MovementForm product={product} />}
          </Panel>
          <Panel title={t('stock.holders')} description={t('stock.holdersText')}>
            <Holders stock={stock} />
          </Panel>
          <Panel title={t('stock.movements')}>
            <Movements stock={stock} />
          </Panel>
        </>
      )}
    </QueryView>
  )
}

function Figures({ stock }: { stock: Stock }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <dl className={classes.figures}>
      {(['onHand', 'reserved', 'available'] as const).map((name) => (
        <div key={name}>
          <dt>{t(`stock.${name}`)}</dt>
          <dd>{format.quantity(stock[name])}</dd>
        </div>
      ))}
    </dl>
  )
}

function Holders({ stock }: { stock: Stock }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (stock.reservations.length === 0) return <Text c="dimmed">{t('stock.noHolders')}</Text>
  return (
    <DataTable
      label={t('stock.holders')}
      rows={stock.reservations}
      rowKey={(row) => row.orderId}
      columns={[
        {
          key: 'order',
          header: t('orders.order'),
          render: (row) => <TextLink to={paths.order(row.orderId)}>{row.orderNumber ?? t('orders.draft')}</TextLink>,
        },
        { key: 'customer', header: t('orders.customer'), render: (row) => row.customerName },
        {
          key: 'quantity',
          header: t('lines.quantity'),
          align: 'right',
          render: (row) => format.quantity(row.quantity),
        },
      ]}
    />
  )
}

function Movements({ stock }: { stock: Stock }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (stock.movements.length === 0) return <Text c="dimmed">{t('stock.noMovements')}</Text>
  return (
    <DataTable
      label={t('stock.movements')}
      rows={stock.movements}
      rowKey={(row) => row.id}
      columns={[
        { key: 'kind', header: t('stock.kind'), render: (row) => t(`stock.${row.kind}`) },
        {
          key: 'quantity',
          header: t('lines.quantity'),
          align: 'right',
          render: (row) => format.quantity(row.quantity),
        },
        { key: 'reason', header: t('stock.reason'), secondary: true, render: (row) => row.reason ?? '–' },
        {
          key: 'who',
          header: t('stock.who'),
          secondary: true,
          render: (row) => (typeof row.actor === 'string' ? row.actor : (row.actor?.label ?? '–')),
        },
        { key: 'at', header: t('stock.when'), align: 'right', render: (row) => <TimeAgo iso={row.at} /> },
      ]}
    />
  )
}
