import { Group, NativeSelect, TextInput } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isDiscountAcceptable } from './order-draft.ts'
import type { OrderDraft } from './order-draft.ts'

const kinds = ['none', 'percent', 'amount'] as const

/** A discount on the whole order. */
export function DiscountFields({
  draft,
  onChange,
}: {
  draft: OrderDraft
  onChange: (values: Partial<OrderDraft>) => void
}) {
  const { t } = useTranslation()
  return (
    <Group align="flex-start" mb="md">
      <NativeSelect
        label={t('discount.title')}
        value={draft.discountKind}
        onChange={(event) =>
          onChange({ discountKind: kinds.find((kind) => kind === event.currentTarget.value) ?? 'none' })
        }
      >
        {kinds.map((kind) => (
          <option key={kind} value={kind}>
            {t(`discount.${kind}`)}
          </option>
        ))}
      </NativeSelect>
      {draft.discountKind !== 'none' && (
        <TextInput
          label={t(draft.discountKind === 'percent' ? 'discount.percentLabel' : 'discount.amountLabel')}
          inputMode="decimal"
          w={140}
          value={draft.discountValue}
          error={draft.discountValue !== '' && !isDiscountAcceptable(draft) ? t('discount.rule') : undefined}
          onChange={(event) => onChange({ discountValue: event.currentTarget.value })}
        />
      )}
    </Group>
  )
}
