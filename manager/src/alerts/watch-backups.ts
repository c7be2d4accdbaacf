// What is wrong with the backups of sites, as pure functions. Each looks at one site; the last verified backup is what counts.
import { verdictOf, type Alarm, type OpenAlert, type Verdict } from './alert.ts'

export interface VerifiedBackup {
  createdAt: Date
  plainBytes: number
  /** Null where it was not counted: a backup of an earlier version. */
  rows: number | null
}

/** A site that has a database. */
export interface BackedUpSite {
  id: string
  name: string
  /** Since when it has its database. */
  since: Date
  everyHours: number
  /** Newest first; two are enough. */
  verified: readonly VerifiedBackup[]
  /** Why the newest attempt that has ended failed; null when it is verified, or nothing was tried. */
  failure: string | null
}

export interface BackupFacts {
  now: Date
  backups: readonly BackedUpSite[]
}

type BackupWatcher = (facts: BackupFacts, open: readonly OpenAlert[]) => Verdict

const hourMs = 3_600_000
/** For the delay of the schedule, the backup itself and a few more tries. */
const graceHours = 2
/** Of what the one before held. */
const smallestShare = 0.7
/** A site with less has little to lose, and small numbers shrink quickly. */
const notable = { plainBytes: 100_000, rows: 100 }

const subjectOf = ({ id, name }: BackedUpSite) => ({ kind: 'site', id, label: name })

export const watchOverdueBackups: BackupWatcher = ({ now, backups }, open) => {
  const alarms = backups.flatMap((site): Alarm[] => {
    const [newest] = site.verified
    const last = Math.max(site.since.getTime(), newest?.createdAt.getTime() ?? 0)
    if (now.getTime() - last <= (site.everyHours + graceHours) * hourMs) return []
    const known =
      newest === undefined
        ? 'There is no verified backup.'
        : `The last verified backup is of ${newest.createdAt.toISOString()}.`
    const detail = `${known} One is due every ${site.everyHours} hours.`
    return [{ kind: 'backup-overdue', subject: subjectOf(site), detail }]
  })
  return verdictOf(['backup-overdue'], alarms, open)
}

export const watchFailedBackups: BackupWatcher = ({ backups }, open) => {
  const alarms = backups.flatMap((site): Alarm[] =>
    site.failure === null ? [] : [{ kind: 'backup-failed', subject: subjectOf(site), detail: site.failure }],
  )
  return verdictOf(['backup-failed'], alarms, open)
}

export const watchSmallerBackups: BackupWatcher = ({ backups }, open) => {
  const alarms = backups.flatMap((site): Alarm[] => {
    const [newest, before] = site.verified
    if (newest === undefined || before === undefined) return []
    const losses = [
      lossOf('bytes', notable.plainBytes, before.plainBytes, newest.plainBytes),
      lossOf('rows', notable.rows, before.rows ?? 0, newest.rows ?? before.rows ?? 0),
    ].filter((loss) => loss !== undefined)
    return losses.length === 0
      ? []
      : [{ kind: 'backup-smaller', subject: subjectOf(site), detail: `It holds ${losses.join(' and ')}.` }]
  })
  return verdictOf(['backup-smaller'], alarms, open)
}

function lossOf(unit: string, least: number, before: number, now: number): string | undefined {
  if (before < least || now > before * smallestShare) return undefined
  return `${now} ${unit}, the one before ${before}`
}
