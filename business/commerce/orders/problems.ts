import { defineProblems } from '@platen/kit/problems'

export const orderProblems = defineProblems('orders', {
  'order-submitted': {
    status: 409,
    title: 'The order is submitted',
    user: 'A submitted order is not changed: cancel it and write another one.',
    operator: 'Nothing to do.',
  },
  'order-cancelled': {
    status: 409,
    title: 'The order is cancelled',
    user: 'Write a new order.',
    operator: 'Nothing to do.',
  },
  'order-invalid': {
    status: 422,
    title: 'The order is not valid',
    user: 'Correct each place listed under errors: the customer or a product does not exist here, or is archived.',
    operator: 'Nothing to do.',
  },
  'order-product-changed': {
    status: 409,
    title: 'A product of the order changed',
    user: 'Open the draft, replace the products listed under errors, and submit again.',
    operator: 'Nothing to do.',
  },
})
