import { ActionIcon } from '@mantine/core'
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/use-format.ts'
import classes from './month-calendar.module.css'
import { addMonths, dayOf, monthOf, weeksOf } from './month-days.ts'
import type { Tone } from './state-badge.tsx'

/** What there is on a day: a tone to see and a word to read. */
export interface DayMark {
  tone: Tone
  label: string
}

interface MonthCalendarProps {
  /** Names the grid for those who cannot see it. */
  label: string
  /** `2026-11`. */
  month: string
  onMonth: (month: string) => void
  /** By day (`2026-11-28`); a day without a mark cannot be chosen. */
  marks: ReadonlyMap<string, DayMark>
  selected: string | null
  onSelect: (day: string) => void
}

/** A month whose days have marks; a marked day can be chosen. Looks back only: nothing has happened after today. */
export function MonthCalendar(props: MonthCalendarProps) {
  const format = useFormat()
  const weeks = weeksOf(props.month)
  return (
    <div className={classes.calendar}>
      <MonthBar month={props.month} onMonth={props.onMonth} />
      <table className={classes.grid} aria-label={`${props.label}, ${format.month(props.month)}`}>
        <thead>
          <tr>
            {format.weekdays().map(({ short, long }) => (
              <th key={long} scope="col" abbr={long}>
                {short}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week, index) => (
            <tr key={index}>
              {week.map((day, weekday) => (
                <td key={weekday}>{day !== null && <Day day={day} {...props} />}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function MonthBar({ month, onMonth }: Pick<MonthCalendarProps, 'month' | 'onMonth'>) {
  const { t } = useTranslation('ui')
  const format = useFormat()
  const isLast = month >= monthOf(new Date())
  return (
    <div className={classes.bar}>
      <ActionIcon variant="default" aria-label={t('calendar.before')} onClick={() => onMonth(addMonths(month, -1))}>
        <IconChevronLeft size={18} />
      </ActionIcon>
      <span className={classes.month} aria-live="polite">
        {format.month(month)}
      </span>
      <ActionIcon
        variant="default"
        aria-label={t('calendar.after')}
        disabled={isLast}
        onClick={() => onMonth(addMonths(month, 1))}
      >
        <IconChevronRight size={18} />
      </ActionIcon>
    </div>
  )
}

function Day({ day, marks, selected, onSelect }: { day: string } & MonthCalendarProps) {
  const format = useFormat()
  const today = dayOf(new Date())
  const mark = marks.get(day)
  const number = Number(day.slice(8))
  if (mark === undefined) {
    return <span className={classes.day}>{number}</span>
  }
  return (
    <button
      type="button"
      className={classes.day}
      data-tone={mark.tone}
      aria-label={`${format.day(day)}: ${mark.label}`}
      aria-pressed={day === selected}
      aria-current={day === today ? 'date' : undefined}
      title={mark.label}
      onClick={() => onSelect(day)}
    >
      {number}
      <span className={classes.dot} aria-hidden="true" />
    </button>
  )
}
