import { Group, Text } from '@mantine/core'
import { ButtonLink, EmptyState, ListView, Page, SearchInput, TextLink, useFormat, useSearchText } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { productsQuery } from '../../api/queries.ts'
import type { Product } from '../../api/types.ts'
import { paths } from '../../paths.ts'
import { ProductThumb } from '../../products/product-picture.tsx'

export function ProductsPage() {
  const { t } = useTranslation()
  const format = useFormat()
  const search = useSearchText()
  const query = useInfiniteQuery(productsQuery(search))
  const create = (
    <ButtonLink to={paths.newProduct()} leftSection={<IconPlus size={16} />}>
      {t('products.new')}
    </ButtonLink>
  )
  return (
    <Page title={t('products.title')} action={create}>
      <SearchInput label={t('products.search')} />
      <ListView
        query={query}
        label={t('products.title')}
        rowKey={(product) => product.id}
        empty={<Empty search={search} />}
        columns={[
          { key: 'name', header: t('products.name'), render: (product) => <Name product={product} /> },
          {
            key: 'available',
            header: t('stock.available'),
            align: 'right',
            render: (product) => (product.stock ? format.quantity(product.stock.available) : '–'),
          },
          {
            key: 'onHand',
            header: t('stock.onHand'),
            align: 'right',
            secondary: true,
            render: (product) => (product.stock ? format.quantity(product.stock.onHand) : '–'),
          },
          {
            key: 'price',
            header: t('products.price'),
            align: 'right',
            render: (product) => format.money(product.unitPrice),
          },
        ]}
      />
    </Page>
  )
}

function Name({ product }: { product: Product }) {
  return (
    <Group gap="sm" wrap="nowrap">
      <ProductThumb picture={product.picture} />
      <div>
        <TextLink to={paths.product(product.id)}>{product.name}</TextLink>
        <Text size="sm" c="dimmed">
          {product.sku}
        </Text>
      </div>
    </Group>
  )
}

function Empty({ search }: { search: string }) {
  const { t } = useTranslation()
  if (search !== '') return <EmptyState title={t('products.noMatch', { search })} />
  return (
    <EmptyState
      title={t('products.none')}
      action={<ButtonLink to={paths.newProduct()}>{t('home.product')}</ButtonLink>}
    >
      {t('products.noneText')}
    </EmptyState>
  )
}
