import { useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Totals } from '../api/types.ts'
import classes from './totals-list.module.css'

/** Net, VAT per rate, and what the customer pays. */
export function TotalsList({ totals, isStale = false }: { totals: Totals | undefined; isStale?: boolean }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (!totals) return <p className={classes.none}>{t('totals.none')}</p>
  const hasDiscount = totals.discount !== undefined && Number(totals.discount.amount) !== 0
  return (
    <dl className={classes.list} data-stale={isStale || undefined} aria-label={t('totals.title')}>
      {hasDiscount && totals.discount && (
        <Row label={t('totals.discount')} value={`− ${format.money(totals.discount)}`} />
      )}
      <Row label={t('totals.net')} value={format.money(totals.net)} />
      {totals.vat.map((row) => (
        <Row
          key={`${row.category} ${row.rate}`}
          label={t('totals.vat', { rate: format.percent(row.rate), base: format.money(row.base) })}
          value={format.money(row.amount)}
        />
      ))}
      <Row label={t('totals.gross')} value={format.money(totals.gross)} isMain />
    </dl>
  )
}

function Row({ label, value, isMain = false }: { label: string; value: string; isMain?: boolean }) {
  return (
    <div className={classes.row} data-main={isMain || undefined}>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}
