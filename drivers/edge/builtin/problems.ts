import { defineProblems } from '@platen/kit/problems'

/** What the edge itself answers; everything else is the upstream's. */
export const edgeProblems = defineProblems('edge', {
  'edge-request-malformed': {
    status: 400,
    title: 'The request cannot be understood',
    user: 'Open the address again. A program must send one Host header and a path.',
    operator: 'Nothing, unless many come from one address: then it is probing.',
  },
  'edge-method-refused': {
    status: 405,
    title: 'This method is not served',
    user: 'Use another method.',
    operator: 'Nothing.',
  },
  'edge-request-too-slow': {
    status: 408,
    title: 'The request took too long to arrive',
    user: 'Try again on a better connection.',
    operator: 'Nothing, unless many come from one address.',
    retryable: true,
  },
  'edge-headers-too-large': {
    status: 431,
    title: 'The headers of the request are too large',
    user: 'Delete the cookies of this site, or send fewer headers: all of them together may have 16 kB.',
    operator: 'Nothing, unless many come from one address.',
  },
  'host-unknown': {
    status: 421,
    title: 'There is no site at this address',
    user: 'Check the address for a typing error.',
    operator: 'If the host should exist: is its site active, and is the snapshot acknowledged by the edge?',
  },
  'site-is-suspended': {
    status: 503,
    title: 'This site is suspended',
    user: 'Ask the person who manages this site.',
    operator: 'Resume the site in the console.',
  },
  'site-is-starting': {
    status: 503,
    title: 'This site is starting',
    user: 'Wait a few seconds.',
    operator: 'If it lasts: look at the operation of the site.',
    retryable: true,
  },
  'site-is-busy': {
    status: 503,
    title: 'Too many requests to this site at once',
    user: 'Wait a few seconds and try again. Nothing of this request was done.',
    operator: 'Somebody floods this site, or it is slow: look at the log of the edge and at its bench.',
    retryable: true,
  },
  'site-unreachable': {
    status: 503,
    title: 'This site cannot be reached at the moment',
    user: 'Try again in a few seconds.',
    operator: 'No process of the bench accepts connections: look at its state and log.',
    retryable: true,
  },
  'site-answer-failed': {
    status: 502,
    title: 'The site did not answer',
    user: 'Try again; check first whether what you sent was done.',
    operator: 'The bench process ended or broke off during the request: look at its log.',
  },
  'site-answer-late': {
    status: 504,
    title: 'The site took too long to answer',
    user: 'Try again; check first whether what you sent was done.',
    operator: 'The bench did not begin to answer within two minutes: look at its log and at slow queries.',
  },
  'console-unreachable': {
    status: 503,
    title: 'The console is not running at the moment',
    user: 'Try again in a minute. The sites go on working.',
    operator: 'The manager does not accept connections: look at its log, the supervisor restarts it.',
    retryable: true,
  },
})

export type EdgeProblemCode = keyof (typeof edgeProblems)['table'] & string
