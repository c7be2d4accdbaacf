import { Page, QueryView, TextLink } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { customerQuery, orderQuery } from '../../../api/queries.ts'
import { OrderEditor } from '../../../orders/order-editor.tsx'
import { OrderState } from '../../../orders/order-state.tsx'
import { CancelButton, OrderView } from '../../../orders/order-view.tsx'
import { paths } from '../../../paths.ts'

/** `?customer=` comes from a customer's page and fills that in. */
export function NewOrderPage() {
  const { t } = useTranslation()
  // Whatever stands in the address; an id that is none gets a 404 and is ignored.
  const { customer } = useSearch({ strict: false }) as { customer?: unknown }
  const known = useQuery({ ...customerQuery(String(customer)), enabled: typeof customer === 'string' })
  const isReady = typeof customer !== 'string' || !known.isPending
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
  // The pattern of this route has $id, so the parameter is there.
  const { id } = useParams({ strict: false }) as { id: string }
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
