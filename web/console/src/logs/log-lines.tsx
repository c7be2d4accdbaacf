import { useFormat } from '@platen/ui'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { summaryOf, type LogLine } from './log-line.ts'
import classes from './log-lines.module.css'

interface LogLinesProps {
  lines: readonly LogLine[]
  /** The line to be pointed out among those around it. */
  markedPosition?: string
  /** Makes each line a button. */
  onOpen?: (line: LogLine) => void
}

/** Lines of a log, oldest first, with the day above the first of each. */
export function LogLines({ lines, markedPosition, onOpen }: LogLinesProps) {
  const format = useFormat()
  const days = lines.map((line) => (line.at === null ? '' : format.date(line.at)))
  return (
    <ol className={classes.lines}>
      {lines.map((line, index) => {
        const day = days[index] ?? ''
        const isNewDay = day !== '' && day !== days.slice(0, index).findLast((before) => before !== '')
        return (
          <li key={line.position}>
            {isNewDay && <div className={classes.day}>{day}</div>}
            <Line line={line} isMarked={line.position === markedPosition} onOpen={onOpen} />
          </li>
        )
      })}
    </ol>
  )
}

interface LineProps {
  line: LogLine
  isMarked: boolean
  onOpen: ((line: LogLine) => void) | undefined
}

function Line({ line, isMarked, onOpen }: LineProps) {
  const { t } = useTranslation()
  const format = useFormat()
  const summary = summaryOf(line)
  const look = {
    className: classes.line,
    'data-level': line.level ?? undefined,
    'data-marked': isMarked || undefined,
  }
  const content: ReactNode = (
    <>
      <span className={classes.time}>{line.at === null ? '' : format.clock(line.at)}</span>
      <span className={classes.level}>{line.level === null ? '' : t(`logs.word.${line.level}`)}</span>
      <span className={classes.text}>
        {line.message}
        {summary !== '' && <span className={classes.summary}> {summary}</span>}
      </span>
    </>
  )
  if (onOpen === undefined)
    return (
      <div {...look} aria-current={isMarked || undefined}>
        {content}
      </div>
    )
  return (
    <button type="button" {...look} onClick={() => onOpen(line)}>
      {content}
    </button>
  )
}
