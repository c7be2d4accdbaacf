import { draftStore } from '@platen/ui'
import { useState } from 'react'
import { draftOf, emptyDraft, isOrderDraft } from './order-draft.ts'
import type { OrderDraft } from './order-draft.ts'
import type { Order } from '../api/types.ts'

export interface OrderDraftState {
  draft: OrderDraft
  change: (change: (draft: OrderDraft) => OrderDraft) => void
  /** True while it differs from what is stored on the server. */
  isChanged: boolean
  isRestored: boolean
  discard: () => void
  /** After saving: the tab keeps nothing any more. */
  forget: () => void
}

/** The order being written, kept in the tab until it is saved. */
export function useOrderDraft(order: Order | null, prefill: Partial<OrderDraft> = {}): OrderDraftState {
  const fresh = () => (order === null ? { ...emptyDraft(crypto.randomUUID()), ...prefill } : draftOf(order))
  const [store] = useState(() =>
    draftStore<OrderDraft>(order === null ? 'order:new' : `order:${order.id}:${order.version}`, isOrderDraft),
  )
  const [restored, setRestored] = useState(() => store.read())
  const [draft, setDraft] = useState<OrderDraft>(() => restored ?? fresh())
  const [isChanged, setChanged] = useState(order === null || restored !== undefined)
  function forget(): void {
    store.clear()
    setRestored(undefined)
  }
  return {
    draft,
    change(change) {
      // The functional form: two additions of a scanner within one render must both count.
      setDraft((known) => {
        const next = change(known)
        store.write(next)
        return next
      })
      setChanged(true)
    },
    isChanged,
    isRestored: restored !== undefined,
    discard() {
      forget()
      setDraft(fresh())
      setChanged(order === null)
    },
    forget,
  }
}
