import { isDecimalText, toDecimalText, useTextForm } from '@platen/ui'
import type { TextForm } from '@platen/ui'
import { useTranslation } from 'react-i18next'
import type { Product } from '../api/types.ts'

export type ProductField =
  | 'sku'
  | 'name'
  | 'description'
  | 'kind'
  | 'unit'
  | 'vat'
  | 'price'
  | 'barcode'
  | 'reorderLevel'
export type ProductForm = TextForm<ProductField>
type ProductValues = Readonly<Record<ProductField, string>>

const empty: ProductValues = {
  sku: '',
  name: '',
  description: '',
  kind: 'goods',
  unit: 'C62',
  vat: 'S 20',
  price: '',
  barcode: '',
  reorderLevel: '',
}

/** Which field a refusal of the API belongs to, in the reader's language where the reason is known. */
export function useProductFields() {
  const { t } = useTranslation()
  return {
    '/sku': 'sku',
    '/name': 'name',
    '/description': 'description',
    '/kind': 'kind',
    '/unit': 'unit',
    '/vat': 'vat',
    '/unitPrice': { field: 'price', message: t('product.priceRule') },
    '/barcode': { field: 'barcode', message: t('product.barcodeRule') },
    '/reorderLevel': { field: 'reorderLevel', message: t('product.quantityRule') },
  }
}

export function useProductForm(product: Product | null): ProductForm {
  const { t } = useTranslation()
  return useTextForm<ProductField>({
    initial: product === null ? empty : valuesOf(product),
    draftKey: product === null ? 'product:new' : `product:${product.id}:${product.version}`,
    rules: (values) => ({
      sku: values.sku.trim() === '' ? t('form.required') : undefined,
      name: values.name.trim() === '' ? t('form.required') : undefined,
      price: isDecimalText(values.price, 6) ? undefined : t('product.priceRule'),
      reorderLevel:
        values.reorderLevel.trim() === '' || isDecimalText(values.reorderLevel, 4)
          ? undefined
          : t('product.quantityRule'),
    }),
  })
}

/** What the API takes, from what was typed. */
export function productInput(values: ProductValues) {
  const [category = 'S', rate = '20'] = values.vat.split(' ')
  return {
    sku: values.sku.trim(),
    name: values.name.trim(),
    description: textOrNull(values.description),
    kind: values.kind,
    unit: values.unit,
    vat: { category, rate },
    unitPrice: { amount: toDecimalText(values.price), currency: 'EUR' },
    barcode: textOrNull(values.barcode),
    // A service has no stock, so no level either; the server refuses one.
    reorderLevel: values.kind === 'goods' ? textOrNull(toDecimalText(values.reorderLevel)) : null,
  }
}

function valuesOf(product: Product): ProductValues {
  return {
    sku: product.sku,
    name: product.name,
    description: product.description ?? '',
    kind: product.kind,
    unit: product.unit,
    vat: `${product.vat.category} ${product.vat.rate}`,
    price: product.unitPrice.amount,
    barcode: product.barcode ?? '',
    reorderLevel: product.reorderLevel ?? '',
  }
}

function textOrNull(text: string): string | null {
  return text.trim() === '' ? null : text.trim()
}
