import { defineProblems } from '@platen/kit/problems'

export const stockProblems = defineProblems('stock', {
  'stock-insufficient': {
    status: 409,
    title: 'Not enough stock',
    user: 'Lower the quantity, or receive stock first. The problem names each product with what was asked and is available.',
    operator: 'Nothing to do.',
  },
  'stock-below-reserved': {
    status: 409,
    title: 'The stock would fall below what is reserved',
    user: 'Cancel one of the orders listed, or adjust to a quantity that still covers them.',
    operator: 'Nothing to do.',
  },
  'product-is-service': {
    status: 409,
    title: 'A service has no stock',
    user: 'Stock belongs to goods. Change the kind of the product if it is one.',
    operator: 'Nothing to do.',
  },
  'movement-invalid': {
    status: 422,
    title: 'The stock movement is not valid',
    user: 'A receipt has a quantity above 0; take stock away with an adjustment.',
    operator: 'Nothing to do.',
  },
})
