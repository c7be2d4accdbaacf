import { defineProblems } from '@platen/kit/problems'

/** Refusals of signing in, staying signed in and setting passwords. */
export const identityProblems = defineProblems('identity', {
  'credentials-wrong': {
    status: 401,
    title: 'E-mail or password is wrong',
    user: 'Check both and try again. Nothing was changed.',
    operator: 'Nothing, unless it repeats: look at the audit trail for `session.refused`.',
  },
  'sign-in-throttled': {
    status: 429,
    title: 'Too many attempts',
    user: 'Wait for the time given in Retry-After, then try again.',
    operator: 'Somebody is guessing passwords, or a script has a stale one. The audit trail names the address.',
    retryable: true,
  },
  'sign-in-busy': {
    status: 503,
    title: 'Too many people sign in at once',
    user: 'Try again in a few seconds. Nothing was changed.',
    operator: 'If it lasts, somebody floods a sign-in page: the request log names the addresses.',
    retryable: true,
  },
  'session-ended': {
    status: 401,
    title: 'Your session has ended',
    user: 'Sign in again. What you typed is kept on the page.',
    operator: 'Nothing: it expired, was signed out, or a spent refresh token was used again.',
  },
  'ticket-invalid': {
    status: 401,
    title: 'This link no longer works',
    user: 'Links that open a site work once, for a short time. Open the site again from the console.',
    operator: 'Nothing.',
  },
  'password-unsuitable': {
    status: 422,
    title: 'Choose another password',
    user: 'Use at least 15 characters that are not a known password, your e-mail or your name. Any characters are fine.',
    operator: 'Nothing.',
  },
  'password-wrong': {
    status: 422,
    title: 'The current password is wrong',
    user: 'Type the password you use today. Nothing was changed.',
    operator: 'Nothing.',
  },
  'audit-entry-not-found': {
    status: 404,
    title: 'There is no such entry of the audit trail',
    user: 'Look for it in the list. Entries are never removed, so the link is wrong or leads to what is not yours to see.',
    operator: 'Nothing.',
  },
  'email-taken': {
    status: 409,
    title: 'This e-mail address already has an account',
    user: 'Sign in with it, or use another address.',
    operator: 'Nothing.',
  },
})
