import { defineProblems } from '@platen/kit/problems'

export const reconciliationProblems = defineProblems('reconciliation', {
  'reconciliation-busy': {
    status: 409,
    title: 'The platform is repairing itself right now',
    user: 'Wait a moment and ask again; the plan that is being made will be in the list.',
    operator: 'If it stays so for minutes, a driver does not answer: see the log of the manager.',
    retryable: true,
  },
})
