import { Button, Group, Textarea } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { ApiCall, DraftNotice, Panel, ProblemAlert, useFormat } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { totalsQuery } from '../api/queries.ts'
import type { Discount, LineInput, Order, Shortage } from '../api/types.ts'
import { CustomerPicker } from './customer-picker.tsx'
import { DiscountFields } from './discount-fields.tsx'
import { LineList } from './line-list.tsx'
import { lineProblems } from './line-problems.ts'
import { orderInput, totalsInput, withLine, withoutLine, withProduct } from './order-draft.ts'
import type { OrderDraft } from './order-draft.ts'
import { ProductSearch } from './product-search.tsx'
import { TotalsList } from './totals-list.tsx'
import { useOrderDraft } from './use-order-draft.ts'
import { refusalKey, useSaveOrder } from './use-save-order.ts'

/** Writes an order: who, what, how much; the totals are the server's, live. */
export function OrderEditor({ order, prefill }: { order: Order | null; prefill?: Partial<OrderDraft> }) {
  const { t } = useTranslation()
  const state = useOrderDraft(order, prefill)
  const { draft, change } = state
  const save = useSaveOrder(order, state)
  const [isAsked, setAsked] = useState(false)
  const totals = useLiveTotals(draft)
  const refusal = useQuery<unknown>({
    queryKey: refusalKey(order?.id ?? 'new'),
    queryFn: () => null,
    enabled: false,
  }).data
  const error = save.error ?? (state.isChanged && order !== null ? null : refusal)
  const problems = useLineProblems(error, draft)
  const input = orderInput(draft)

  function send(isSubmitted: boolean): void {
    setAsked(true)
    if (input) save.mutate({ input, isSubmitted })
  }
  return (
    <>
      {state.isRestored && <DraftNotice onDiscard={state.discard} />}
      <Panel title={t('orders.customer')}>
        <CustomerPicker
          id={draft.customerId}
          name={draft.customerName}
          error={isAsked && draft.customerId === null ? t('orders.pickCustomer') : undefined}
          onChange={(customerId, customerName) => change((known) => ({ ...known, customerId, customerName }))}
        />
      </Panel>
      <Panel title={t('lines.title')}>
        <ProductSearch onAdd={(product) => change((known) => withProduct(known, product))} />
        {draft.lines.length > 0 && (
          <LineList
            lines={draft.lines}
            totals={totals.isCurrent ? totals.data : undefined}
            problems={problems}
            onChange={(at, values) => change((known) => withLine(known, at, (line) => ({ ...line, ...values })))}
            onRemove={(at) => change((known) => withoutLine(known, at))}
          />
        )}
        {isAsked && draft.lines.length === 0 && <p role="alert">{t('lines.none')}</p>}
      </Panel>
      <Panel title={t('totals.title')}>
        <DiscountFields draft={draft} onChange={(values) => change((known) => ({ ...known, ...values }))} />
        <TotalsList totals={totals.data} isStale={!totals.isCurrent} />
        <ProblemAlert error={totals.error} />
      </Panel>
      <Textarea
        label={t('orders.note')}
        autosize
        minRows={2}
        value={draft.note}
        onChange={({ currentTarget: { value } }) => change((known) => ({ ...known, note: value }))}
      />
      <ProblemAlert error={error} />
      <Group>
        <Button size="md" loading={save.isPending && save.variables.isSubmitted} onClick={() => send(true)}>
          {t('orders.submit')}
        </Button>
        <Button
          size="md"
          variant="default"
          loading={save.isPending && !save.variables.isSubmitted}
          disabled={!state.isChanged}
          onClick={() => send(false)}
        >
          {t('orders.save')}
        </Button>
      </Group>
      {input && (
        <ApiCall
          method={order === null ? 'POST' : 'PUT'}
          path={order === null ? '/orders' : `/orders/${order.id}`}
          body={input}
        />
      )}
    </>
  )
}

/** Totals of what is typed, a moment after the typing. `isCurrent` is false while they lag behind. */
function useLiveTotals(draft: OrderDraft) {
  // As text, because a new object at each render would never settle.
  const wanted = JSON.stringify(totalsInput(draft))
  const [asked] = useDebouncedValue(wanted, 250)
  // Our own text, written two lines above.
  const input = JSON.parse(asked) as { lines: LineInput[]; discount: Discount } | null
  const query = useQuery(totalsQuery(input?.lines ?? [], input?.discount ?? null))
  const hasLines = draft.lines.length > 0
  return {
    data: hasLines ? query.data : undefined,
    error: query.error,
    isCurrent: asked === wanted && !query.isPlaceholderData,
  }
}

function useLineProblems(error: unknown, draft: OrderDraft): Map<number, string> {
  const { t } = useTranslation()
  const format = useFormat()
  const say = ({ available, asked }: Shortage) =>
    t('lines.shortage', { available: format.quantity(available), asked: format.quantity(asked) })
  return lineProblems(
    error,
    draft.lines.map((line) => line.productId),
    say,
  )
}
