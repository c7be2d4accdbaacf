import { defineProblems } from '../problems/index.ts'

export const jobProblems = defineProblems('jobs', {
  'job-not-found': {
    status: 404,
    title: 'Job not found',
    user: 'Check the address: the job does not exist, is not yours to see, or ended more than 30 days ago.',
    operator: 'Nothing.',
  },
  'job-not-failed': {
    status: 409,
    title: 'Only a failed job can be retried',
    user: 'Reload to see its state. One that waits or runs goes on by itself; for one that has succeeded ask anew.',
    operator: 'Nothing.',
  },
  'job-ended': {
    status: 409,
    title: 'Job has already ended',
    user: 'Reload; there is nothing left to discard.',
    operator: 'Nothing.',
  },
  'job-already-open': {
    status: 409,
    title: 'The same job waits or runs already',
    user: 'Nothing was queued. Wait for the other one to end; it does the same.',
    operator: 'Nothing.',
  },
})
