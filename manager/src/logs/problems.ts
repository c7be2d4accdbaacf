import { defineProblems } from '@platen/kit/problems'

/** Refusals of the logs. */
export const logProblems = defineProblems('logs', {
  'log-not-found': {
    status: 404,
    title: 'There is no such log',
    user: 'Choose a program from the list.',
    operator: 'Nothing. A bench that never ran has written nothing.',
  },
})
