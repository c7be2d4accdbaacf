import { noVerdict, verdictOf, type Alarm, type OpenAlert, type Verdict } from './alert.ts'

export interface DiskSample {
  takenAt: Date
  freeBytes: number
}

export interface DiskFacts {
  now: Date
  /** Null when it could not be measured. */
  disk: { freeBytes: number; totalBytes: number } | null
  /** Of the last seven days, about one an hour, oldest first. */
  diskSamples: readonly DiskSample[]
}

const dayMs = 86_400_000
const leastLowBytes = 2 * 1024 ** 3
const mostLowBytes = 10 * 1024 ** 3
const foreseenDays = 7
/** Less says nothing about days. */
const minimumSamples = 12
const minimumSpanMs = dayMs

/** Low now, or full within a week by the trend of the stored samples. What is low already is not foretold as well. */
export function watchDisk({ now, disk, diskSamples }: DiskFacts, open: readonly OpenAlert[]): Verdict {
  if (disk === null) return noVerdict
  const subject = { kind: 'disk', id: 'data', label: 'the disk of the data directory' }
  const alarms: Alarm[] = []
  if (isLow(disk)) {
    const percent = Math.floor((disk.freeBytes / disk.totalBytes) * 100)
    alarms.push({ kind: 'disk-space-low', subject, detail: `${gigabytes(disk.freeBytes)} GB are free, ${percent} %.` })
  } else {
    const days = daysUntilFull([...diskSamples, { takenAt: now, freeBytes: disk.freeBytes }])
    if (days < foreseenDays)
      alarms.push({
        kind: 'disk-filling-up',
        subject,
        detail: `${gigabytes(disk.freeBytes)} GB are free; at the pace of the last days that lasts ${Math.max(1, Math.floor(days))} more days.`,
      })
  }
  return verdictOf(['disk-space-low', 'disk-filling-up'], alarms, open)
}

/** A twentieth of the disk, but never more than 10 GB are asked for, and 2 GB (a tenth of a very small disk) are always. */
const isLow = ({ freeBytes, totalBytes }: { freeBytes: number; totalBytes: number }): boolean =>
  freeBytes < Math.max(Math.min(totalBytes / 20, mostLowBytes), Math.min(leastLowBytes, totalBytes / 10))

/** By least squares over all samples, from the last one on. Infinity when it does not shrink or too little is known. */
export function daysUntilFull(samples: readonly DiskSample[]): number {
  const first = samples[0]
  const last = samples.at(-1)
  if (first === undefined || last === undefined || samples.length < minimumSamples) return Infinity
  const startMs = first.takenAt.getTime()
  if (last.takenAt.getTime() - startMs < minimumSpanMs) return Infinity
  const points = samples.map(({ takenAt, freeBytes }) => ({
    days: (takenAt.getTime() - startMs) / dayMs,
    bytes: freeBytes,
  }))
  const meanDays = points.reduce((sum, { days }) => sum + days, 0) / points.length
  const meanBytes = points.reduce((sum, { bytes }) => sum + bytes, 0) / points.length
  const above = points.reduce((sum, { days, bytes }) => sum + (days - meanDays) * (bytes - meanBytes), 0)
  const below = points.reduce((sum, { days }) => sum + (days - meanDays) ** 2, 0)
  const bytesPerDay = below === 0 ? 0 : above / below
  return bytesPerDay >= 0 ? Infinity : last.freeBytes / -bytesPerDay
}

const gigabytes = (bytes: number): string => (bytes / 1024 ** 3).toFixed(1)
