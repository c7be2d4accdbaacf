import { defineProblems } from '@platen/kit/problems'

export const setupProblems = defineProblems('setup', {
  'setup-code-wrong': {
    status: 401,
    title: 'This setup code does not open the platform',
    user: 'Copy the code from the output of `npm start` or from the file `setup-code` in the data directory. If the platform is claimed already, sign in.',
    operator:
      'A code is valid for one hour and once. While the platform is unclaimed a new one is written to the file `setup-code` when the old one expires.',
  },
})
