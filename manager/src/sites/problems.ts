import { defineProblems } from '@platen/kit/problems'

/** Refusals and failures of sites. */
export const siteProblems = defineProblems('sites', {
  'site-not-found': {
    status: 404,
    title: 'There is no such site',
    user: 'Check the address, or choose the site from the list.',
    operator: 'Nothing. Sites of another organisation answer the same way.',
  },
  'site-name-invalid': {
    status: 422,
    title: 'This name cannot be used',
    user: 'Use lower-case letters, digits and hyphens, at most 63, beginning and ending with a letter or digit.',
    operator: 'Nothing.',
  },
  'site-name-reserved': {
    status: 422,
    title: 'This name is reserved',
    user: 'Choose another name.',
    operator: 'Nothing.',
  },
  'site-name-taken': {
    status: 409,
    title: 'This name is taken',
    user: 'Choose another name. Nothing was created.',
    operator: 'Nothing. Names are unique over the whole platform.',
  },
  'site-quota-reached': {
    status: 409,
    title: 'No more sites in this organisation',
    user: 'Drop a site that is no longer needed, or ask your operator for more.',
    operator: 'Raise max_sites of the tenant.',
  },
  'plan-unknown': {
    status: 422,
    title: 'There is no such plan',
    user: 'Choose one of the plans listed under /api/v1/plans.',
    operator: 'Nothing.',
  },
  'disk-space-low': {
    status: 507,
    title: 'Not enough disk space for another site',
    user: 'Tell your operator. Nothing was created; existing sites are not affected.',
    operator: 'Free disk space on the database server or add one.',
    retryable: true,
  },
  'site-action-refused': {
    status: 409,
    title: 'Not possible in this state',
    user: 'See the reason; reload the page if the state changed meanwhile.',
    operator: 'Nothing.',
  },
  'former-database-gone': {
    status: 409,
    title: 'This restore cannot be undone any more',
    user: 'Restore a backup instead: one was made just before the restore. Nothing was changed.',
    operator: 'The database before a restore in place is kept for 7 days, then removed.',
  },
  'no-bench-ready': {
    status: 503,
    title: 'The platform is still starting',
    user: 'Wait a moment and try again. Nothing was created.',
    operator: 'No bench is active yet. See `npx platen status` and the log of the manager.',
    retryable: true,
  },
  'site-not-answering': {
    status: 503,
    title: 'The site does not answer yet',
    user: 'Wait a moment and try again.',
    operator:
      'The probe through the edge failed; its detail says what it saw. See the logs of the edge and of the bench.',
    retryable: true,
  },
})
