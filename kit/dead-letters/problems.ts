import { defineProblems } from '../problems/index.ts'

export const deadLetterProblems = defineProblems('dead-letters', {
  'dead-letter-not-found': {
    status: 404,
    title: 'There is no such dead letter',
    user: 'Choose it from the list. It may have been replayed or discarded meanwhile.',
    operator: 'Nothing.',
  },
})
