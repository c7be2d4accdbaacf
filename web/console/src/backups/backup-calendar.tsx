import { MonthCalendar } from '@platen/ui'
import type { DayMark, Tone } from '@platen/ui'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Backup } from '../api/backups.ts'
import { backupDays } from './backup-days.ts'
import type { BackupDay } from './backup-days.ts'
import classes from './backup-calendar.module.css'

export interface ChosenDay {
  days: ReadonlyMap<string, BackupDay>
  day: string
  month: string
  /** Of the chosen day, newest first. */
  backups: readonly Backup[]
  setDay: (day: string) => void
  setMonth: (month: string) => void
}

/** The day whose backups are shown: the newest one until another is chosen. */
export function useChosenDay(backups: readonly Backup[]): ChosenDay {
  const [picked, setPicked] = useState<string | null>(null)
  const [turned, setTurned] = useState<string | null>(null)
  const days = backupDays(backups)
  const newest = [...days.keys()][0] ?? ''
  const day = picked !== null && days.has(picked) ? picked : newest
  return {
    days,
    day,
    month: turned ?? day.slice(0, 7),
    backups: days.get(day)?.backups ?? [],
    setDay: setPicked,
    setMonth: setTurned,
  }
}

const tones: Record<BackupDay['outcome'], Tone> = { verified: 'ok', failed: 'bad', waiting: 'work' }

/** Days with backups, as each went; the others have none. */
export function BackupCalendar({ chosen }: { chosen: ChosenDay }) {
  const { t } = useTranslation()
  const marks = new Map<string, DayMark>(
    [...chosen.days].map(([day, { outcome, verified, failed }]) => [
      day,
      { tone: tones[outcome], label: t(`backups.day.${outcome}`, { count: outcome === 'failed' ? failed : verified }) },
    ]),
  )
  return (
    <div>
      <MonthCalendar
        label={t('backups.calendar')}
        month={chosen.month}
        onMonth={chosen.setMonth}
        marks={marks}
        selected={chosen.day}
        onSelect={chosen.setDay}
      />
      <ul className={classes.legend} aria-label={t('backups.legend')}>
        {(['verified', 'failed', 'none'] as const).map((kind) => (
          <li key={kind} className={classes.kind} data-kind={kind}>
            {t(`backups.legendOf.${kind}`)}
          </li>
        ))}
      </ul>
    </div>
  )
}
