import { defineProblems } from '@platen/kit/problems'

export const recourseProblems = defineProblems('recourse', {
  'operation-action-refused': {
    status: 409,
    title: 'Not possible with this operation',
    user: 'See the reason; reload the page if the operation went on meanwhile.',
    operator: 'Nothing.',
  },
})
