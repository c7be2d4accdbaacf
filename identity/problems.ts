import { defineProblems } from '@platen/kit/problems'

/** Refusals of signing in, staying signed in and setting passwords. */
export const identityProblems = defineProblems('identity', {
  'credentials-wrong': {
    status: 401,
    title: 'E-mail or password is wrong',
    user: 'Check both and try again. Nothing was changed.',
    operator: 'Nothing, unless it repeats: look at the audit trail for `session.refused`.',
  },
  'second-factor-needed': {
    status: 401,
    title: 'A code is needed as well',
    user: 'Send the same again with the code of your authenticator app, or a recovery code.',
    operator: 'Nothing.',
  },
  'second-factor-wrong': {
    status: 401,
    title: 'The code is wrong',
    user: 'Wait for the next code of your app and type that one. Each code works once.',
    operator: 'Look at the clock of the server (NTP) when it happens to everybody.',
  },
  'second-factor-on': {
    status: 409,
    title: 'Your second factor is on already',
    user: 'Turn it off first if you want to set up another app.',
    operator: 'Nothing.',
  },
  'second-factor-off': {
    status: 409,
    title: 'Your second factor is not on',
    user: 'Begin it, then confirm it with its first code.',
    operator: 'Nothing.',
  },
  'code-wrong': {
    status: 422,
    title: 'The code is wrong',
    user: 'Wait for the next code of your app and type that one. Each code works once. Nothing was changed.',
    operator: 'Look at the clock of the server (NTP) when it happens to everybody.',
  },
  'link-invalid': {
    status: 401,
    title: 'This link no longer works',
    user: 'Links in mails work once, for a limited time, and only the newest one does. Ask for another.',
    operator: 'Nothing.',
  },
  'address-verified': {
    status: 409,
    title: 'Your address is verified already',
    user: 'There is nothing to do.',
    operator: 'Nothing.',
  },
  'session-not-found': {
    status: 404,
    title: 'There is no such session',
    user: 'It has ended already. Look at the list again.',
    operator: 'Nothing.',
  },
  'api-token-not-found': {
    status: 404,
    title: 'There is no such API token',
    user: 'It was revoked already. Look at the list again.',
    operator: 'Nothing.',
  },
  'scopes-not-held': {
    status: 422,
    title: 'A token may not do more than you',
    user: 'Choose among the permissions that you hold yourself.',
    operator: 'Nothing.',
  },
  'session-needed': {
    status: 403,
    title: 'An API token may not do this',
    user: 'Sign in: passwords, second factors, sessions and tokens are changed by people only. Nothing was changed.',
    operator: 'Nothing.',
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
