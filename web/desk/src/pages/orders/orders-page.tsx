import { ButtonLink, EmptyState, MoreButton, Page, QueryView, SearchInput, useSearchText } from '@platen/ui'
import { IconPlus } from '@tabler/icons-react'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { ordersQuery } from '../../api/queries.ts'
import { OrdersTable } from '../../orders/orders-table.tsx'
import { paths } from '../../paths.ts'

export function OrdersPage() {
  const { t } = useTranslation()
  const search = useSearchText()
  const query = useInfiniteQuery(ordersQuery(search))
  const create = (
    <ButtonLink to={paths.newOrder()} leftSection={<IconPlus size={16} />}>
      {t('orders.new')}
    </ButtonLink>
  )
  return (
    <Page title={t('orders.title')} action={create}>
      <SearchInput label={t('orders.search')} />
      <QueryView query={query}>
        {(data) => {
          const orders = data.pages.flatMap((page) => page.items)
          if (orders.length === 0 && search !== '') return <EmptyState title={t('orders.noMatch', { search })} />
          if (orders.length === 0) {
            return (
              <EmptyState
                title={t('orders.none')}
                action={<ButtonLink to={paths.newOrder()}>{t('home.order')}</ButtonLink>}
              >
                {t('orders.noneText')}
              </EmptyState>
            )
          }
          return <OrdersTable orders={orders} />
        }}
      </QueryView>
      <MoreButton query={query} />
    </Page>
  )
}
