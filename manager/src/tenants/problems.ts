import { defineProblems } from '@platen/kit/problems'

/** Refusals about organisations and registering. */
export const tenantProblems = defineProblems('tenants', {
  'tenant-not-found': {
    status: 404,
    title: 'There is no such organisation',
    user: 'Choose an organisation from your list. Nothing was changed.',
    operator: 'Nothing: it does not exist, is suspended, or this person is none of its users.',
  },
  'tenant-slug-refused': {
    status: 422,
    title: 'An organisation cannot be called that',
    user: 'Choose another short name, or leave it out: one is made from the name. Nothing was created.',
    operator: 'Nothing.',
  },
  'tenant-slug-taken': {
    status: 409,
    title: 'Another organisation has this short name',
    user: 'Choose another short name, or leave it out: one is made from the name. Nothing was created.',
    operator: 'Nothing.',
  },
  'registration-closed': {
    status: 403,
    title: 'This platform takes no registrations',
    user: 'Ask whoever runs it for an invitation. Nothing was created.',
    operator:
      'PLATEN_REGISTRATION decides: `closed` (the default), `invitation` (operators invite the owners of new organisations) or `open`.',
  },
  'registration-throttled': {
    status: 429,
    title: 'Too many registrations',
    user: 'Wait for the time given in Retry-After, then try again.',
    operator: 'Somebody fills in the registration page many times from one address; the audit trail names it.',
    retryable: true,
  },
  'registration-link-invalid': {
    status: 401,
    title: 'This link no longer works',
    user: 'Links that confirm a registration work once, for a day. Sign in if you opened it before, or register again.',
    operator: 'Nothing.',
  },
  'tenant-suspension-refused': {
    status: 409,
    title: 'You cannot suspend your own organisation',
    user: 'You would shut yourself out. Switch to another organisation first, or ask another operator.',
    operator: 'Nothing.',
  },
})
