import { defineProblems } from '@platen/kit/problems'

export const certificateProblems = defineProblems('certificates', {
  'certificate-missing': {
    status: 503,
    title: 'No valid certificate covers this host yet',
    user: 'Wait a moment; it is being made.',
    operator: 'See the log of the manager for why the authority could not issue one.',
    retryable: true,
  },
})
