import { useTextForm } from '@platen/ui'
import type { TextForm } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Address, Customer } from '../api/types.ts'

const names = [
  'kind',
  'name',
  'email',
  'phone',
  'siren',
  'siret',
  'vatNumber',
  'paymentTermDays',
  'line1',
  'line2',
  'postalCode',
  'city',
  'countryCode',
] as const
export type CustomerField = (typeof names)[number]
export type CustomerForm = TextForm<CustomerField>
type CustomerValues = Readonly<Record<CustomerField, string>>

const empty: CustomerValues = {
  kind: 'company',
  name: '',
  email: '',
  phone: '',
  siren: '',
  siret: '',
  vatNumber: '',
  paymentTermDays: '30',
  line1: '',
  line2: '',
  postalCode: '',
  city: '',
  countryCode: 'FR',
}

/** Which field a refusal of the API belongs to, in the reader's language where the reason is known. */
export function useCustomerFields() {
  const { t } = useTranslation()
  const same = Object.fromEntries(names.map((name) => [`/${name}`, name]))
  const address = Object.fromEntries(
    ['line1', 'line2', 'postalCode', 'city', 'countryCode'].map((name) => [`/billingAddress/${name}`, name]),
  )
  return {
    ...same,
    ...address,
    '/email': { field: 'email', message: t('form.email') },
    '/siren': { field: 'siren', message: t('customer.sirenRule') },
    '/siret': { field: 'siret', message: t('customer.siretRule') },
    '/vatNumber': { field: 'vatNumber', message: t('customer.vatNumberRule') },
  }
}

export function useCustomerForm(customer: Customer | null): CustomerForm {
  const { t } = useTranslation()
  return useTextForm<CustomerField>({
    initial: customer === null ? empty : valuesOf(customer),
    draftKey: customer === null ? 'customer:new' : `customer:${customer.id}:${customer.version}`,
    rules(values) {
      const required = (name: CustomerField) => (values[name].trim() === '' ? t('form.required') : undefined)
      const hasAddress = (['line1', 'line2', 'postalCode', 'city'] as const).some((name) => values[name].trim() !== '')
      return {
        name: required('name'),
        email: values.email.trim() === '' || /^\S+@\S+\.\S+$/.test(values.email.trim()) ? undefined : t('form.email'),
        paymentTermDays: /^\d{1,3}$/.test(values.paymentTermDays.trim()) ? undefined : t('customer.termRule'),
        ...(hasAddress
          ? {
              line1: required('line1'),
              postalCode: required('postalCode'),
              city: required('city'),
              countryCode: required('countryCode'),
            }
          : {}),
      }
    },
  })
}

/** What the API takes, from what was typed. */
export function customerInput(values: CustomerValues) {
  const isCompany = values.kind === 'company'
  return {
    kind: values.kind,
    name: values.name.trim(),
    email: textOrNull(values.email),
    phone: textOrNull(values.phone),
    siren: isCompany ? textOrNull(values.siren) : null,
    siret: isCompany ? textOrNull(values.siret) : null,
    vatNumber: isCompany ? textOrNull(values.vatNumber) : null,
    paymentTermDays: Number(values.paymentTermDays),
    billingAddress: addressOf(values),
  }
}

function addressOf(values: CustomerValues): Address | null {
  if (values.line1.trim() === '') return null
  return {
    line1: values.line1.trim(),
    line2: textOrNull(values.line2),
    postalCode: values.postalCode.trim(),
    city: values.city.trim(),
    countryCode: values.countryCode.trim().toUpperCase(),
  }
}

function valuesOf(customer: Customer): CustomerValues {
  const { billingAddress: address } = customer
  return {
    kind: customer.kind,
    name: customer.name,
    email: customer.email ?? '',
    phone: customer.phone ?? '',
    siren: customer.siren ?? '',
    siret: customer.siret ?? '',
    vatNumber: customer.vatNumber ?? '',
    paymentTermDays: String(customer.paymentTermDays),
    line1: address?.line1 ?? '',
    line2: address?.line2 ?? '',
    postalCode: address?.postalCode ?? '',
    city: address?.city ?? '',
    countryCode: address?.countryCode ?? 'FR',
  }
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}
