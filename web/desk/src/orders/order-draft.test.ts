import { expect, test } from 'vitest'
import type { Product } from '../api/types.ts'
import {
  emptyDraft,
  isOrderDraft,
  lineObjections,
  orderInput,
  totalsInput,
  withLine,
  withoutLine,
  withProduct,
} from './order-draft.ts'
import type { OrderDraft } from './order-draft.ts'

const aProduct = (sku: string): Product => ({
  id: `id-${sku}`,
  sku,
  name: `Product ${sku}`,
  description: null,
  unit: 'C62',
  kind: 'goods',
  vat: { category: 'S', rate: '20' },
  unitPrice: { amount: '12.50', currency: 'EUR' },
  barcode: null,
  reorderLevel: null,
  picture: null,
  stock: null,
  archivedAt: null,
  version: 1,
  createdAt: '2026-11-20T12:00:00Z',
  updatedAt: '2026-11-20T12:00:00Z',
  actions: [],
})

const aDraft = (...skus: string[]): OrderDraft => ({
  ...skus.map(aProduct).reduce(withProduct, emptyDraft('key')),
  customerId: 'c',
  customerName: 'Martin',
})

test('adding a product twice makes one line of two', () => {
  expect(aDraft('A', 'B', 'A').lines.map((line) => [line.sku, line.quantity])).toEqual([
    ['A', '2'],
    ['B', '1'],
  ])
})

test('one more of a fraction stays exact', () => {
  const draft = withLine(aDraft('A'), 0, (line) => ({ ...line, quantity: '0,3' }))
  expect(withProduct(draft, aProduct('A')).lines[0]?.quantity).toBe('1.3')
})

test('what is sent has decimal points whatever was typed', () => {
  const draft = {
    ...withLine(aDraft('A'), 0, (line) => ({ ...line, quantity: '1 000,5', unitPrice: '9,99', discountPercent: '10' })),
    discountKind: 'amount' as const,
    discountValue: '5,00',
    note: ' ',
  }
  expect(orderInput(draft)).toEqual({
    customerId: 'c',
    lines: [{ productId: 'id-A', quantity: '1000.5', unitPrice: '9.99', discountPercent: '10' }],
    discount: { amount: '5.00' },
    note: null,
  })
})

test.each([
  ['quantity', '0'],
  ['quantity', 'two'],
  ['quantity', '-1'],
  ['unitPrice', ''],
  ['discountPercent', '101'],
] as const)('a line whose %s is %j is not sent', (field, value) => {
  const draft = withLine(aDraft('A'), 0, (line) => ({ ...line, [field]: value }))
  expect(draft.lines.map(lineObjections)[0]?.[field]).toBe(true)
  expect(totalsInput(draft)).toBeNull()
})

test('an order without a customer or without lines is not sent', () => {
  expect(orderInput({ ...aDraft('A'), customerId: null })).toBeNull()
  expect(orderInput(withoutLine(aDraft('A'), 0))).toBeNull()
})

test('only a draft is taken for a draft', () => {
  expect(isOrderDraft(JSON.parse(JSON.stringify(aDraft('A'))))).toBe(true)
  expect(isOrderDraft({ lines: 'no' })).toBe(false)
})
