import { defineProblems } from '@platen/kit/problems'

export const moneyProblems = defineProblems('money', {
  'discount-exceeds-total': {
    status: 422,
    title: 'The discount is larger than the document',
    user: 'Lower the discount: at most it takes the whole net amount off.',
    operator: 'Nothing to do.',
  },
  'amount-too-large': {
    status: 422,
    title: 'An amount is too large',
    user: 'Check quantity and price: no amount of a document may exceed 999 999 999 999.99.',
    operator: 'Nothing to do.',
  },
})
