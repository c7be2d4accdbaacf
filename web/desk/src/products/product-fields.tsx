import { NativeSelect, Textarea, TextInput } from '@mantine/core'
import { Panel, useFormat } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { ProductForm } from './product-form.ts'
import classes from './product-fields.module.css'

/** UNECE Recommendation 20 codes that small shops use; the server knows more (business/commerce/products/units.ts). */
const units = ['C62', 'HUR', 'DAY', 'MON', 'KGM', 'GRM', 'LTR', 'MTR', 'MTK', 'XBX', 'XPK', 'XBO', 'SET', 'LS']

/** French rates, and no VAT at all (category Z carries the rate 0). */
const vatRates = ['S 20', 'S 10', 'S 5.5', 'S 2.1', 'Z 0']

export function ProductFields({ form }: { form: ProductForm }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { unit, vat, kind } = form.values
  return (
    <Panel title={t('product.facts')}>
      <div className={classes.grid}>
        <TextInput label={t('product.name')} required className={classes.wide ?? ''} {...form.field('name')} />
        <TextInput label={t('product.sku')} required description={t('product.skuRule')} {...form.field('sku')} />
        <NativeSelect label={t('product.kind')} description={t('product.kindRule')} {...form.field('kind')}>
          <option value="goods">{t('product.goods')}</option>
          <option value="service">{t('product.service')}</option>
        </NativeSelect>
        <TextInput label={t('product.price')} required inputMode="decimal" rightSection="€" {...form.field('price')} />
        <NativeSelect label={t('product.vat')} {...form.field('vat')}>
          {withCurrent(vatRates, vat).map((value) => (
            <option key={value} value={value}>
              {format.percent(value.split(' ')[1] ?? '0')}
            </option>
          ))}
        </NativeSelect>
        <NativeSelect label={t('product.unit')} {...form.field('unit')}>
          {withCurrent(units, unit).map((code) => (
            <option key={code} value={code}>
              {t(`unit.${code}`, { defaultValue: code })}
            </option>
          ))}
        </NativeSelect>
        <TextInput label={t('product.barcode')} inputMode="numeric" {...form.field('barcode')} />
        {kind === 'goods' && (
          <TextInput label={t('product.reorderLevelOptional')} inputMode="decimal" {...form.field('reorderLevel')} />
        )}
        <Textarea
          label={t('product.description')}
          autosize
          minRows={2}
          className={classes.wide ?? ''}
          {...form.field('description')}
        />
      </div>
    </Panel>
  )
}

/** A value set elsewhere (by the API, say) stays what it is instead of turning into the first of the list. */
function withCurrent(known: readonly string[], current: string): readonly string[] {
  return known.includes(current) ? known : [...known, current]
}
