// What the alert watchers look at, asked now: the same facts and the same rules, so that a diagnosis never says otherwise than an alert.
import {
  countOpenAlerts,
  daysUntilFull,
  definitionOf,
  readFacts,
  readOutside,
  watchBenches,
  watchCertificates,
  watchConsumers,
  watchDisk,
  watchOverdueBackups,
  type Alarm,
  type OutsideParts,
  type Severity,
  type WatchFacts,
} from '../alerts/index.ts'
import { withScope, type Db } from '@platen/kit/sql'
import { fine, wrong, type Check, type Finding } from './check.ts'

export interface WatchedParts extends OutsideParts {
  /** As the worker role. */
  db: Db
}

const asPlatform = { operator: true } as const
const shownAlarms = 5
const readTheLog = 'Read the log of the manager for why it could not be looked at.'

export function watchedChecks(parts: WatchedParts): Check[] {
  const now = new Date()
  // Read once for all of them, and only when the first is asked.
  let outside: ReturnType<typeof readOutside> | undefined
  let facts: Promise<WatchFacts> | undefined
  const readOnce = () => (outside ??= readOutside(parts))
  const factsOnce = () =>
    (facts ??= readOnce().then((seen) => withScope(parts.db, asPlatform, (tx) => readFacts(tx, seen, now))))
  const check = (name: string, look: Check['look']): Check => ({
    name,
    severity: 'critical',
    whatToDo: readTheLog,
    look,
  })

  return [
    check('processes', async () => {
      const { processes } = await readOnce()
      if (processes === null)
        return wrong(
          'critical',
          'The supervisor does not answer.',
          'See whether it still runs; start it with npm start.',
        )
      return findingOf(watchBenches({ processes, now }, []).raise, `${processes.length} processes run and answer.`)
    }),
    check('snapshots', async () =>
      findingOf(watchConsumers(await factsOnce(), []).raise, 'Edge and benches serve what was published.'),
    ),
    check('certificates', async () =>
      findingOf(watchCertificates(await factsOnce(), []).raise, 'None ends before it is renewed.'),
    ),
    check('backups', async () =>
      findingOf(
        watchOverdueBackups(await factsOnce(), []).raise,
        'Every site has a verified backup as young as its schedule says.',
      ),
    ),
    check('disk', async () => lookAtDisk(await factsOnce())),
    check('alerts', async () => {
      const { count, worst } = await withScope(parts.db, asPlatform, countOpenAlerts)
      if (count === 0) return fine('None is open.')
      return wrong(worst, `${count} open.`, 'Open the list of alerts: each says what to do.')
    }),
  ]
}

function lookAtDisk(facts: WatchFacts): Omit<Finding, 'name'> {
  if (facts.disk === null)
    return wrong('critical', 'It could not be measured.', 'See that the data directory exists and can be read.')
  const { freeBytes, totalBytes } = facts.disk
  const free = `${(freeBytes / 1024 ** 3).toFixed(1)} of ${(totalBytes / 1024 ** 3).toFixed(1)} GB are free`
  const days = daysUntilFull([...facts.diskSamples, { takenAt: facts.now, freeBytes }])
  const trend = days === Infinity ? '' : `; at the pace of the last days that lasts ${Math.floor(days)} days`
  return findingOf(watchDisk(facts, []).raise, `${free}${trend}.`)
}

/** As bad as the worst of them. */
function findingOf(alarms: readonly Alarm[], whenFine: string): Omit<Finding, 'name'> {
  const worst = alarms.find(({ kind }) => definitionOf(kind).severity === 'critical') ?? alarms[0]
  if (worst === undefined) return fine(whenFine)
  const more = alarms.length > shownAlarms ? ` And ${alarms.length - shownAlarms} more.` : ''
  const detail = alarms
    .slice(0, shownAlarms)
    .map(({ subject, detail }) => (detail.includes(subject.label) ? detail : `${subject.label}: ${detail}`))
    .join(' ')
  const { severity, whatToDo }: { severity: Severity; whatToDo: string } = definitionOf(worst.kind)
  return wrong(severity, `${detail}${more}`, whatToDo)
}
