import { defineProblems } from '@platen/kit/problems'

export const benchProblems = defineProblems('bench', {
  'site-suspended': {
    status: 503,
    title: 'This site is suspended',
    user: 'Ask the administrator of your organisation. Nothing is lost.',
    operator: 'The site was suspended in the console; resume it there.',
  },
  'site-starting': {
    status: 503,
    title: 'This site is starting',
    user: 'Wait a moment; nothing is lost and what you typed is kept.',
    operator: 'A restore in place or its undoing is at work. If it lasts, see the operation of the site.',
    retryable: true,
  },
  'site-not-served': {
    status: 404,
    title: 'This bench does not serve that site',
    user: 'Reload the console; the site may have moved.',
    operator: 'The snapshot of the bench does not hold this site (yet). See the acknowledgements of its processes.',
    retryable: true,
  },
  'site-user-unknown': {
    status: 404,
    title: 'Nobody in this site has that e-mail address',
    user: 'Choose somebody who is a user of the site.',
    operator: 'The administrator of the site may have changed their address, or the account was removed.',
  },
})
