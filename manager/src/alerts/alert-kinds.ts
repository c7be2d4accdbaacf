export type Severity = 'info' | 'warning' | 'critical'

export interface AlertKindDefinition {
  severity: Severity
  /** What happened, in a few words. */
  title: string
  /** Why this is told. */
  cause: string
  /** What the operator does. */
  whatToDo: string
}

/** Every kind of alert, each with a page `docs/operate/alerts/<kind>.md` and something that raises it (`watchers.ts`, `watch-disk.ts`). */
export const alertKinds = {
  'bench-crash-loop': {
    severity: 'critical',
    title: 'A bench process ends again and again',
    cause:
      'The process ended too often in a row. It is still started again, at the longest pause; its sites may not answer.',
    whatToDo:
      'Read the log of the process in the data directory for the last error. Restart the bench once it is mended.',
  },
  'bench-unhealthy': {
    severity: 'warning',
    title: 'A bench process does not answer',
    cause: 'The process runs but did not answer its last health question. Other processes of the bench take its work.',
    whatToDo: 'Look at its log, and at the load and memory of the machine. If it stays like this, restart the bench.',
  },
  'disk-space-low': {
    severity: 'critical',
    title: 'The disk is nearly full',
    cause: 'When the disk of the data directory is full, databases stop taking changes and no site can be created.',
    whatToDo: 'Free space on the disk of the data directory or enlarge it, and do it now.',
  },
  'disk-filling-up': {
    severity: 'warning',
    title: 'The disk will be full within a week',
    cause: 'Going by the last days, the free space will be used up within seven days.',
    whatToDo:
      'See what grows: the data directory, logs or something else on this disk. Free space or enlarge the disk.',
  },
  'operation-stuck': {
    severity: 'warning',
    title: 'An operation is stuck',
    cause: 'It could neither be finished nor undone, or it has been at work for more than 15 minutes.',
    whatToDo: 'Open the operation: the step that stands still and the log say what it waits for.',
  },
  'certificate-expiring': {
    severity: 'warning',
    title: 'A certificate ends soon',
    cause: 'It should have been renewed by now and was not. After its end browsers refuse the sites it covers.',
    whatToDo:
      'Read the log of the manager for why renewing fails. An ending authority must be replaced and trusted anew.',
  },
  'consumer-behind': {
    severity: 'warning',
    title: 'The edge or a bench does not follow changes',
    cause: 'What was published more than a minute ago is not in effect there: it still serves what it knew before.',
    whatToDo: 'Look at the state and the log of this process. Restart it if it runs but does not follow.',
  },
  'site-unreachable': {
    severity: 'critical',
    title: 'A site does not answer',
    cause: 'The last probe through its public address failed: visitors see the same.',
    whatToDo:
      'The detail says what the probe saw. Look at the bench of the site and at the edge, then restart the site.',
  },
  'backup-overdue': {
    severity: 'critical',
    title: 'A site has no recent verified backup',
    cause: 'A scheduled backup was missed, has failed again and again, or could not be verified.',
    whatToDo: 'Look at the backups of the site and the operations that made them, mend what they name, and back it up.',
  },
  'backup-failed': {
    severity: 'warning',
    title: 'The last backup of a site failed',
    cause: 'It could not be made or did not pass its drill. It is tried again by itself, later each time.',
    whatToDo: 'The detail says why. Mend it, then back the site up or wait for the next try.',
  },
  'backup-smaller': {
    severity: 'warning',
    title: 'A backup is much smaller than the one before',
    cause: 'The site holds at least 30 % less than at its backup before: much was deleted, or something was lost.',
    whatToDo: 'Ask whoever uses the site whether this was meant. If not, restore the backup before.',
  },
  'audit-broken': {
    severity: 'critical',
    title: 'The audit trail does not verify',
    cause: 'An entry was changed, deleted or inserted behind the platform, or the disk lost data.',
    whatToDo: 'Stop the platform and copy the data directory as it is, before anything else is done.',
  },
  'events-stuck': {
    severity: 'warning',
    title: 'Events of the platform are not delivered',
    cause: 'A delivery has been waiting for more than 15 minutes, or was given up after too many attempts.',
    whatToDo: 'See the dead letters and the log of the manager for what fails, mend it, then replay or discard them.',
  },
  'site-storage-full': {
    severity: 'warning',
    title: 'A site has nearly used up its storage',
    cause: 'Its database and its files together take more than nine tenths of what its plan holds.',
    whatToDo: 'Tell its owner: give the site a larger plan, or have files removed that nobody needs.',
  },
  'jobs-failed': {
    severity: 'warning',
    title: 'Background jobs have failed',
    cause: 'They were tried as often as may help, or were refused for good: a mail was not sent, a report not written.',
    whatToDo:
      'The detail has the last error. Mend it, then retry the failed jobs, or discard what nobody needs any more.',
  },
} as const satisfies Record<string, AlertKindDefinition>

export type AlertKind = keyof typeof alertKinds

/** The definition of a kind that was read from the database; one of a later or earlier version still has a name. */
export function definitionOf(kind: string): AlertKindDefinition {
  const known: Readonly<Record<string, AlertKindDefinition>> = alertKinds
  return (
    known[kind] ?? {
      severity: 'warning',
      title: kind,
      cause: '',
      whatToDo: 'See the notes of the version that raised it.',
    }
  )
}

/** From the root of the repository. */
export const docsPageOf = (kind: string): string => `docs/operate/alerts/${kind}.md`
