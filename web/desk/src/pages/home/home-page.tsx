import { NeedsPermissions } from '@platen/people'
import { ButtonLink, Page, Panel, QueryView, TodoList } from '@platen/ui'
import type { ListPage, Todo } from '@platen/ui'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import type { InfiniteData } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { customersQuery, meQuery, ordersQuery, productsQuery } from '../../api/queries.ts'
import type { Order, Product } from '../../api/types.ts'
import { OrdersTable } from '../../orders/orders-table.tsx'
import { paths } from '../../paths.ts'
import { ReorderList } from './reorder-list.tsx'

/** The three things that make a shop sell, then what is going on. */
export function HomePage() {
  const { t } = useTranslation()
  const me = useQuery(meQuery).data
  return (
    <Page
      title={me ? t('home.hello', { name: me.user.name.split(' ')[0] }) : t('nav.home')}
      windowTitle={t('nav.home')}
    >
      <NeedsPermissions all={['products.read', 'customers.read', 'orders.read']}>
        <Overview />
      </NeedsPermissions>
    </Page>
  )
}

function Overview() {
  const products = useInfiniteQuery(productsQuery())
  const customers = useInfiniteQuery(customersQuery())
  const orders = useInfiniteQuery(ordersQuery())
  return (
    <QueryView query={products}>
      {(allProducts) => (
        <QueryView query={customers}>
          {(allCustomers) => (
            <QueryView query={orders}>
              {(allOrders) => <Home products={allProducts} customerCount={countOf(allCustomers)} orders={allOrders} />}
            </QueryView>
          )}
        </QueryView>
      )}
    </QueryView>
  )
}

interface HomeProps {
  products: InfiniteData<ListPage<Product>>
  customerCount: Count
  orders: InfiniteData<ListPage<Order>>
}

function Home({ products, customerCount, orders }: HomeProps) {
  const { t } = useTranslation()
  const productCount = countOf(products)
  const submitted = orders.pages.flatMap((page) => page.items).filter((order) => order.state === 'submitted')
  const isStarted = productCount.count > 0 && customerCount.count > 0 && submitted.length > 0
  const start: Todo[] = [
    {
      key: 'product',
      title: t('home.product'),
      text: t('home.productCount', said(productCount)),
      isDone: productCount.count > 0,
      action: <Go to={paths.newProduct()} label={t('products.new')} isDone={productCount.count > 0} />,
    },
    {
      key: 'customer',
      title: t('home.customer'),
      text: t('home.customerCount', said(customerCount)),
      isDone: customerCount.count > 0,
      action: <Go to={paths.newCustomer()} label={t('customers.new')} isDone={customerCount.count > 0} />,
    },
    {
      key: 'order',
      title: t('home.order'),
      text: submitted.length === 0 ? t('home.orderWhy') : t('home.orderCount', { count: submitted.length }),
      isDone: submitted.length > 0,
      action: <Go to={paths.newOrder()} label={t('orders.new')} isDone={submitted.length > 0} />,
    },
  ]
  return (
    <>
      {!isStarted && (
        <Panel title={t('home.start')}>
          <TodoList label={t('home.start')} items={start} />
        </Panel>
      )}
      <ReorderList products={products.pages.flatMap((page) => page.items)} />
      {orders.pages[0] !== undefined && orders.pages[0].items.length > 0 && (
        <Panel
          title={t('home.latest')}
          action={<Go to={paths.newOrder()} label={t('orders.new')} isDone={!isStarted} />}
        >
          <OrdersTable orders={orders.pages[0].items.slice(0, 5)} />
        </Panel>
      )}
    </>
  )
}

interface Count {
  count: number
  hasMore: boolean
}

/** For a text with {{count}}: a plus where more pages follow. */
function said({ count, hasMore }: Count): { count: number; more: string } {
  return { count, more: hasMore ? '+' : '' }
}

function countOf(data: InfiniteData<ListPage<unknown>>): Count {
  return {
    count: data.pages.reduce((sum, page) => sum + page.items.length, 0),
    hasMore: data.pages.at(-1)?.nextCursor != null,
  }
}

/** The one action of a line; quiet once the line is done. */
function Go({ to, label, isDone }: { to: string; label: string; isDone: boolean }) {
  return (
    <ButtonLink to={to} variant={isDone ? 'default' : 'filled'}>
      {label}
    </ButtonLink>
  )
}
