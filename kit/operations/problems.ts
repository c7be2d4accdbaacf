import { defineProblems } from '../problems/index.ts'

export const operationProblems = defineProblems('operations', {
  'operation-not-found': {
    status: 404,
    title: 'Operation not found',
    user: 'Check the address: the operation does not exist or is not yours to see.',
    operator: 'Nothing.',
  },
  'operation-in-progress': {
    status: 409,
    title: 'Another operation is running',
    user: 'Wait for the operation named in the detail to end, or cancel it, then try again.',
    operator: 'If it needs attention, its last problem and log say what it waits for.',
  },
  'operation-ended': {
    status: 409,
    title: 'Operation has already ended',
    user: 'Reload; there is nothing left to cancel.',
    operator: 'Nothing.',
  },
  'operation-past-pivot': {
    status: 409,
    title: 'Past the point of no return',
    user: 'The operation can only be finished now; wait for its end, then reverse it with another operation.',
    operator: 'If it does not end, its last problem and log say what it waits for.',
  },
  'operation-step-failed': {
    status: 500,
    title: 'A step failed',
    user: 'Everything the operation had done is undone. Try again later, or give your operator the id of the operation.',
    operator: 'Look for the id of the operation in the logs: the cause is there.',
  },
  'operation-step-unavailable': {
    status: 503,
    title: 'A step could not reach what it needs',
    user: 'Everything the operation had done is undone. Try again in some minutes.',
    operator: 'The detail names what did not answer; see also the health page.',
    retryable: true,
  },
  'operation-step-timeout': {
    status: 504,
    title: 'A step took too long',
    user: 'Everything the operation had done is undone. Try again later.',
    operator: 'See the log of the operation and the load of the machine.',
    retryable: true,
  },
  'operation-step-crashes': {
    status: 500,
    title: 'A step keeps ending its worker',
    user: 'Everything the operation had done is undone. Give your operator the id of the operation.',
    operator: 'Look for out-of-memory kills and crashes of workers at the times of the attempts; report it as a bug.',
  },
  'operation-definition-changed': {
    status: 500,
    title: 'Steps changed under a running operation',
    user: 'Wait: your operator has to start the matching version of the platform.',
    operator:
      'A shipped step list was edited without a new version. Start the version that began the operation, or report it as a bug.',
  },
})
