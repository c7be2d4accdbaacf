import { defineProblems } from '@platen/kit/problems'

/** Refusals and failures of backups. */
export const backupProblems = defineProblems('backups', {
  'backup-not-found': {
    status: 404,
    title: 'There is no such backup',
    user: 'Choose a backup from the list of the site.',
    operator: 'Nothing. Backups of another organisation answer the same way.',
  },
  'backup-not-verified': {
    status: 409,
    title: 'This backup cannot be restored',
    user: 'Choose a verified backup. Nothing was changed.',
    operator: 'Only a backup that passed its drill is restored. See the operation that made it.',
  },
  'backup-damaged': {
    status: 500,
    title: 'The backup is damaged',
    user: 'Tell your operator. The site itself is not affected; make another backup.',
    operator:
      'The detail names the object that is missing or was changed. Check the disk under the object store, and who could write there.',
  },
  'backup-differs': {
    status: 500,
    title: 'The restored backup is not what was backed up',
    user: 'Tell your operator. The site itself is not affected; make another backup.',
    operator:
      'The detail names the tables or checks. Compare the versions of server and tools; run `npx platen doctor`.',
  },
})
