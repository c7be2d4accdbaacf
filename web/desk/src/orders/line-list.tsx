import { ActionIcon, TextInput } from '@mantine/core'
import { useFormat } from '@platen/ui'
import { IconTrash } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Totals } from '../api/types.ts'
import { lineObjections } from './order-draft.ts'
import type { DraftLine } from './order-draft.ts'
import classes from './line-list.module.css'

interface LineListProps {
  lines: readonly DraftLine[]
  /** The lines as the server last computed them; undefined while it has not. */
  totals: Totals | undefined
  /** What the server said about a line, by its place. */
  problems: ReadonlyMap<number, string>
  onChange: (at: number, change: Partial<DraftLine>) => void
  onRemove: (at: number) => void
}

/** The lines of an order, each a row of fields; on a phone the fields stand below the name. */
export function LineList(props: LineListProps) {
  const { t } = useTranslation()
  return (
    <div>
      <div className={classes.head} aria-hidden="true">
        <span>{t('lines.product')}</span>
        <span>{t('lines.quantity')}</span>
        <span>{t('lines.unitPrice')}</span>
        <span>{t('lines.discount')}</span>
        <span className={classes.right}>{t('lines.net')}</span>
        <span />
      </div>
      <ul className={classes.list} aria-label={t('lines.title')}>
        {props.lines.map((line, index) => (
          <Line key={line.productId} line={line} at={index} {...props} />
        ))}
      </ul>
    </div>
  )
}

function Line({ line, at, totals, problems, onChange, onRemove }: LineListProps & { line: DraftLine; at: number }) {
  const { t } = useTranslation()
  const format = useFormat()
  const objections = lineObjections(line)
  const net = totals?.lines?.[at]?.net
  const problem = problems.get(at)
  const field = (name: 'quantity' | 'unitPrice' | 'discountPercent', label: string) => (
    <span className={classes.field} data-label={label}>
      <TextInput
        aria-label={t('lines.of', { field: label, product: line.name })}
        inputMode="decimal"
        value={line[name]}
        error={objections[name]}
        onChange={(event) => onChange(at, { [name]: event.currentTarget.value })}
      />
    </span>
  )
  return (
    <li className={classes.line} data-problem={problem !== undefined || undefined}>
      <span className={classes.name}>
        {line.name}
        <span className={classes.sku}>
          {line.sku} · {t(`unit.${line.unit}`, { defaultValue: line.unit })}
        </span>
      </span>
      {field('quantity', t('lines.quantity'))}
      {field('unitPrice', t('lines.unitPrice'))}
      {field('discountPercent', t('lines.discount'))}
      <span className={classes.right}>{net ? format.money(net) : '–'}</span>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={t('lines.remove', { product: line.name })}
        onClick={() => onRemove(at)}
      >
        <IconTrash size={17} />
      </ActionIcon>
      {problem !== undefined && (
        <span className={classes.problem} role="alert">
          {problem}
        </span>
      )}
    </li>
  )
}
