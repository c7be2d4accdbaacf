import type { AlertKind } from './alert-kinds.ts'

export interface AlertSubject {
  /** `bench-process`, `disk`, `operation`, `certificate`, `consumer`, `site`. */
  kind: string
  id: string
  label: string
}

/** Something that operators must know. */
export interface Alarm {
  kind: AlertKind
  subject: AlertSubject
  /** What was seen, in a sentence, without secrets. */
  detail: string
}

/** Alarms of one key are one alert while it is open. */
export const dedupeKeyOf = ({ kind, subject }: Pick<Alarm, 'kind' | 'subject'>): string =>
  `${kind}:${subject.kind}/${subject.id}`

export interface OpenAlert {
  kind: string
  dedupeKey: string
}

/** What a watcher finds: alerts to raise, and dedupe keys of those that are over. */
export interface Verdict {
  raise: Alarm[]
  resolve: string[]
}

/** Nothing is known, so nothing changes: an open alert is not over because we could not look. */
export const noVerdict: Verdict = { raise: [], resolve: [] }

/** Everything that is wrong now, given completely: open alerts of these kinds that are not among it are over. */
export function verdictOf(kinds: readonly AlertKind[], alarms: Alarm[], open: readonly OpenAlert[]): Verdict {
  const wrong = new Set(alarms.map(dedupeKeyOf))
  const ours: readonly string[] = kinds
  return {
    raise: alarms,
    resolve: open
      .filter(({ kind, dedupeKey }) => ours.includes(kind) && !wrong.has(dedupeKey))
      .map(({ dedupeKey }) => dedupeKey),
  }
}
