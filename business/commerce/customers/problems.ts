import { defineProblems } from '@platen/kit/problems'

export const customerProblems = defineProblems('customers', {
  'customer-invalid': {
    status: 422,
    title: 'The customer is not valid',
    user: 'Correct each field listed under errors.',
    operator: 'Nothing to do.',
  },
})
