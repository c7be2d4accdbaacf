import { Page, QueryView, TextLink, usePathParameter, useQueryParameter } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { customerQuery, orderQuery } from '../../../api/queries.ts'
import { OrderEditor } from '../../../orders/order-editor.tsx'
import { OrderState } from '../../../orders/order-state.tsx'
import { CancelButton, OrderView } from '../../../orders/order-view.tsx'
import { paths } from '../../../paths.ts'

/** `?customer=` comes from a customer's page and fills that in. */
export function NewOrderPage() {
  const { t } = useTranslation()
  const customer = useQueryParameter('customer')
  const known = useQuery({ ...customerQuery(customer ?? ''), enabled: customer !== undefined })
  const isReady = customer === undefined || !known.isPending
  return (
    <Page title={t('orders.new')} back={<TextLink to={paths.orders()}>{t('orders.title')}</TextLink>}>
      {isReady && (
        <OrderEditor
          order={null}
          {...(known.data ? { prefill: { customerId: known.data.id, customerName: known.data.name } } : {})}
        />
      )}
    </Page>
  )
}

export function OrderPage() {
  const { t } = useTranslation()
  const id = usePathParameter('id')
  return (
    <QueryView query={useQuery(orderQuery(id))}>
      {(order) => (
        <Page
          title={order.number ?? t('orders.draftFor', { name: order.customer.name })}
          badge={<OrderState state={order.state} />}
          back={<TextLink to={paths.orders()}>{t('orders.title')}</TextLink>}
          action={<CancelButton order={order} />}
        >
          {order.state === 'draft' ? (
            <OrderEditor key={`${order.id} ${order.version}`} order={order} />
          ) : (
            <OrderView order={order} />
          )}
        </Page>
      )}
    </QueryView>
  )
}
