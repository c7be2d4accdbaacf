import { api, notifySuccess, ProblemError, useGo } from '@platen/ui'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { orderQuery } from '../api/queries.ts'
import type { Order, OrderInput } from '../api/types.ts'
import { paths } from '../paths.ts'
import type { OrderDraftState } from './use-order-draft.ts'

export interface SaveRequest {
  input: OrderInput
  isSubmitted: boolean
}

/** What a submission was refused with: it outlives the change of page from the new order to the saved one. */
export const refusalKey = (id: string) => ['orders', id, 'refusal'] as const

/** Saves what was typed and, if asked to, submits it. A refused submission leaves a saved draft with the reason on it. */
export function useSaveOrder(order: Order | null, state: OrderDraftState) {
  const { t } = useTranslation()
  const client = useQueryClient()
  const go = useGo()
  const { draft } = state
  const write = (input: OrderInput) =>
    order === null
      ? api.send<Order>('POST', '/orders', input, { idempotencyKey: draft.idempotencyKey })
      : api.send<Order>('PUT', `/orders/${order.id}`, input, { version: order.version })

  return useMutation({
    async mutationFn({ input, isSubmitted }: SaveRequest) {
      const saved = order !== null && !state.isChanged ? order : await write(input)
      state.forget()
      client.setQueryData(orderQuery(saved.id).queryKey, saved)
      client.setQueryData(refusalKey(saved.id), null)
      if (!isSubmitted) return saved
      try {
        return await api.send<Order>('PUT', `/orders/${saved.id}/submission`)
      } catch (error) {
        client.setQueryData(refusalKey(saved.id), error)
        return saved
      }
    },
    onSuccess(result, { isSubmitted }) {
      client.setQueryData(orderQuery(result.id).queryKey, result)
      void client.invalidateQueries({ queryKey: ['orders', 'list'] })
      void client.invalidateQueries({ queryKey: ['products'] })
      if (!isSubmitted) notifySuccess(t('orders.saved'))
      else if (result.state === 'submitted') notifySuccess(t('orders.submitted', { number: result.number }))
      if (order === null) go.replace(paths.order(result.id))
    },
    onError(error) {
      // A refusal is over; after silence the same key finds out whether the order was made.
      if (order === null && error instanceof ProblemError)
        state.change((known) => ({ ...known, idempotencyKey: crypto.randomUUID() }))
    },
  })
}
