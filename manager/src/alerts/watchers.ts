// What is wrong, as pure functions of what was read. None takes input: each round looks at everything anew.
import type { ProcessDescription } from '@platen/drivers/runners'
import { dedupeKeyOf, noVerdict, verdictOf, type Alarm, type OpenAlert, type Verdict } from './alert.ts'
import { watchFailedBackups, watchOverdueBackups, watchSmallerBackups, type BackupFacts } from './watch-backups.ts'
import { watchDisk, type DiskFacts } from './watch-disk.ts'

export interface WatchFacts extends DiskFacts, BackupFacts {
  now: Date
  /** Null while the runner does not answer. */
  processes: readonly Pick<ProcessDescription, 'name' | 'state' | 'healthy' | 'startedAt' | 'restarts'>[] | null
  /** Those that have not ended. */
  operations: readonly OperationFact[]
  /** For each main name the newest certificate; the local authority beside them. */
  certificates: readonly CertificateFact[]
  /** Those that have yet to acknowledge something. */
  consumers: readonly { consumer: string; changedAt: Date }[]
  /** Active sites whose last probe failed, and broken ones; busy while an operation works on them. */
  failingSites: readonly { id: string; name: string; detail: string; isBusy: boolean }[]
  /** Of the control plane's outbox: deliveries that were given up, and since when the oldest open one waits. */
  events: { dead: number; waitingSince: Date | null }
  /** Sites that have used `fullShare` of their plan's storage or more, by their last measurement. */
  fullSites: readonly { id: string; name: string; usedBytes: number; maxBytes: number }[]
  /** By name, those that have failed and were neither retried nor discarded. */
  failedJobs: readonly { name: string; count: number; lastError: string }[]
}

interface OperationFact {
  id: string
  type: string
  state: string
  label: string
  begunAt: Date
}

interface CertificateFact {
  name: string
  /** Null where only the end is known. */
  notBefore: Date | null
  notAfter: Date
}

export type Watcher = (facts: WatchFacts, open: readonly OpenAlert[]) => Verdict

const minuteMs = 60_000
const dayMs = 86_400_000
/** A process that has just begun is given time to answer. */
const firstAnswerMs = minuteMs
const operationMs = 15 * minuteMs
const consumerMs = minuteMs
const eventsMs = 15 * minuteMs
const longestNoticeMs = 30 * dayMs
export const fullShare = 0.9

export const watchBenches = (
  { processes, now }: Pick<WatchFacts, 'processes' | 'now'>,
  open: readonly OpenAlert[],
): Verdict => {
  if (processes === null) return noVerdict
  const benches = processes.filter(({ name }) => name.startsWith('bench-'))
  const alarms = benches.flatMap(({ name, state, healthy, startedAt, restarts }): Alarm[] => {
    const subject = { kind: 'bench-process', id: name, label: name }
    if (state === 'crash-loop')
      return [{ kind: 'bench-crash-loop', subject, detail: `${name} was started again ${restarts} times.` }]
    const ageMs = startedAt === null ? 0 : now.getTime() - Date.parse(startedAt)
    if (healthy || ageMs < firstAnswerMs || (state !== 'running' && state !== 'starting')) return []
    return [{ kind: 'bench-unhealthy', subject, detail: `${name} is ${state} and did not answer when asked.` }]
  })
  return verdictOf(['bench-crash-loop', 'bench-unhealthy'], alarms, open)
}

export const watchOperations: Watcher = ({ operations, now }, open) => {
  const alarms = operations.flatMap(({ id, type, state, label, begunAt }): Alarm[] => {
    const subject = { kind: 'operation', id, label: `${type} ${label}` }
    const raise = (detail: string): Alarm[] => [{ kind: 'operation-stuck', subject, detail }]
    if (state === 'needs-attention') return raise(`${type} on ${label} could neither be finished nor undone.`)
    const minutes = Math.floor((now.getTime() - begunAt.getTime()) / minuteMs)
    if (now.getTime() - begunAt.getTime() <= operationMs) return []
    return raise(`${type} on ${label} has been ${state} for ${minutes} minutes.`)
  })
  return verdictOf(['operation-stuck'], alarms, open)
}

/**
 * Renewal is due when a third of the lifetime is left (drivers/certificates). With a quarter left it must have failed; a long lifetime
 * gives no more than 30 days of notice.
 */
export const watchCertificates: Watcher = ({ certificates, now }, open) => {
  const alarms = certificates.flatMap(({ name, notBefore, notAfter }): Alarm[] => {
    const lifetimeMs = notBefore === null ? Infinity : notAfter.getTime() - notBefore.getTime()
    const leftMs = notAfter.getTime() - now.getTime()
    if (leftMs >= Math.min(lifetimeMs / 4, longestNoticeMs)) return []
    const detail = `${name} ${leftMs > 0 ? 'ends' : 'ended'} on ${notAfter.toISOString().slice(0, 10)}.`
    return [{ kind: 'certificate-expiring', subject: { kind: 'certificate', id: name, label: name }, detail }]
  })
  return verdictOf(['certificate-expiring'], alarms, open)
}

export const watchConsumers: Watcher = ({ consumers, now }, open) => {
  const alarms = consumers
    .filter(({ changedAt }) => now.getTime() - changedAt.getTime() > consumerMs)
    .map(({ consumer, changedAt }): Alarm => {
      const detail = `${consumer} has not taken over what was published at ${changedAt.toISOString()}.`
      return { kind: 'consumer-behind', subject: { kind: 'consumer', id: consumer, label: consumer }, detail }
    })
  return verdictOf(['consumer-behind'], alarms, open)
}

/** While an operation is at work on a site its last probe may be of an earlier state: then nothing new is raised, and nothing is over. */
export const watchSites: Watcher = ({ failingSites }, open) => {
  const known = new Set(open.map(({ dedupeKey }) => dedupeKey))
  const alarms = failingSites.flatMap(({ id, name, detail, isBusy }): Alarm[] => {
    const alarm: Alarm = { kind: 'site-unreachable', subject: { kind: 'site', id, label: name }, detail }
    return isBusy && !known.has(dedupeKeyOf(alarm)) ? [] : [alarm]
  })
  return verdictOf(['site-unreachable'], alarms, open)
}

export const watchEvents: Watcher = ({ events: { dead, waitingSince }, now }, open) => {
  const minutes = waitingSince === null ? 0 : Math.floor((now.getTime() - waitingSince.getTime()) / minuteMs)
  const isLate = minutes * minuteMs > eventsMs
  const subject = { kind: 'outbox', id: 'control-plane', label: 'control plane' }
  const told = [
    ...(dead > 0 ? [`${dead} ${dead === 1 ? 'delivery was' : 'deliveries were'} given up.`] : []),
    ...(isLate ? [`The oldest open delivery has been waiting for ${minutes} minutes.`] : []),
  ]
  const alarms: Alarm[] = told.length === 0 ? [] : [{ kind: 'events-stuck', subject, detail: told.join(' ') }]
  return verdictOf(['events-stuck'], alarms, open)
}

export const watchStorage: Watcher = ({ fullSites }, open) => {
  const alarms = fullSites.map(({ id, name, usedBytes, maxBytes }): Alarm => {
    const percent = Math.floor((usedBytes / maxBytes) * 100)
    const detail = `${name} takes ${megabytes(usedBytes)} of ${megabytes(maxBytes)} MB, ${percent} %.`
    return { kind: 'site-storage-full', subject: { kind: 'site', id, label: name }, detail }
  })
  return verdictOf(['site-storage-full'], alarms, open)
}

/** The nightly proof of the audit trail is a job too; what it found is worse than a job that failed. */
const auditJob = 'verify-audit-trail'

export const watchAudit: Watcher = ({ failedJobs }, open) => {
  const subject = { kind: 'audit-trail', id: 'control-plane', label: 'control plane' }
  const alarms = failedJobs
    .filter(({ name }) => name === auditJob)
    .map(({ lastError }): Alarm => ({ kind: 'audit-broken', subject, detail: `The nightly proof: ${lastError}.` }))
  return verdictOf(['audit-broken'], alarms, open)
}

export const watchJobs: Watcher = ({ failedJobs }, open) => {
  const failed = failedJobs.filter(({ name }) => name !== auditJob)
  const alarms = failed.map(({ name, count, lastError }): Alarm => {
    const detail = `${count} of ${name} ${count === 1 ? 'has' : 'have'} failed, the last with: ${lastError}`
    return { kind: 'jobs-failed', subject: { kind: 'job', id: name, label: name }, detail }
  })
  return verdictOf(['jobs-failed'], alarms, open)
}

/** Of a thousand thousand bytes, as plans count. */
const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0)

export const watchers: readonly Watcher[] = [
  watchBenches,
  watchDisk,
  watchOperations,
  watchCertificates,
  watchConsumers,
  watchSites,
  watchOverdueBackups,
  watchFailedBackups,
  watchSmallerBackups,
  watchStorage,
  watchJobs,
  watchAudit,
  watchEvents,
]
