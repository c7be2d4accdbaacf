import { NativeSelect, TextInput } from '@mantine/core'
import { Panel } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import classes from '../products/product-fields.module.css'
import type { CustomerForm } from './customer-form.ts'

export function CustomerFields({ form }: { form: CustomerForm }) {
  const { t } = useTranslation()
  const isCompany = form.values.kind === 'company'
  return (
    <>
      <Panel title={t('customer.facts')}>
        <div className={classes.grid}>
          <NativeSelect label={t('customer.kind')} {...form.field('kind')}>
            <option value="company">{t('customer.company')}</option>
            <option value="person">{t('customer.person')}</option>
          </NativeSelect>
          <TextInput label={t('customer.name')} required {...form.field('name')} />
          <TextInput label={t('customer.email')} type="email" autoComplete="off" {...form.field('email')} />
          <TextInput label={t('customer.phone')} type="tel" autoComplete="off" {...form.field('phone')} />
          {isCompany && (
            <>
              <TextInput label={t('customer.siren')} inputMode="numeric" {...form.field('siren')} />
              <TextInput label={t('customer.siret')} inputMode="numeric" {...form.field('siret')} />
              <TextInput label={t('customer.vatNumber')} {...form.field('vatNumber')} />
            </>
          )}
          <TextInput label={t('customer.term')} inputMode="numeric" {...form.field('paymentTermDays')} />
        </div>
      </Panel>
      <Panel title={t('customer.address')}>
        <div className={classes.grid}>
          <TextInput label={t('customer.line1')} {...form.field('line1')} />
          <TextInput label={t('customer.line2')} {...form.field('line2')} />
          <TextInput label={t('customer.postalCode')} {...form.field('postalCode')} />
          <TextInput label={t('customer.city')} {...form.field('city')} />
          <TextInput label={t('customer.country')} maxLength={2} {...form.field('countryCode')} />
        </div>
      </Panel>
    </>
  )
}
