import { DataTable, Panel, TextLink, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Product } from '../../api/types.ts'
import { paths } from '../../paths.ts'

/** Goods of which less is available than their reorder level; nothing when there are none. */
export function ReorderList({ products }: { products: readonly Product[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const low = products.filter(isLow)
  if (low.length === 0) return null
  return (
    <Panel title={t('home.reorder')}>
      <DataTable
        label={t('home.reorder')}
        rows={low}
        rowKey={(product) => product.id}
        columns={[
          {
            key: 'name',
            header: t('products.name'),
            render: (product) => <TextLink to={paths.product(product.id)}>{product.name}</TextLink>,
          },
          {
            key: 'available',
            header: t('stock.available'),
            align: 'right',
            render: (product) => format.quantity(product.stock?.available ?? '0'),
          },
          {
            key: 'level',
            header: t('product.reorderLevel'),
            align: 'right',
            render: (product) => format.quantity(product.reorderLevel ?? '0'),
          },
        ]}
      />
    </Panel>
  )
}

function isLow({ stock, reorderLevel }: Product): boolean {
  return stock !== null && reorderLevel !== null && Number(stock.available) < Number(reorderLevel)
}
