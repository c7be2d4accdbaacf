import { defineProblems } from '@platen/kit/problems'

/** Refusals about plans. */
export const planProblems = defineProblems('plans', {
  'plan-not-found': {
    status: 404,
    title: 'There is no such plan',
    user: 'Choose one of the plans listed under /api/v1/plans. Nothing was changed.',
    operator: 'Nothing.',
  },
})
