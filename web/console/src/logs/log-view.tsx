import { Button, NativeSelect, Switch } from '@mantine/core'
import {
  EmptyState,
  PageError,
  Loading,
  ProblemAlert,
  SearchInput,
  useFormat,
  useQueryParameter,
  useSearchText,
  useSetQuery,
} from '@platen/ui'
import { useState, type ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { LineDrawer, type ReadAround } from './line-drawer.tsx'
import type { LogLine } from './log-line.ts'
import { LogLines } from './log-lines.tsx'
import classes from './log-lines.module.css'
import viewClasses from './log-view.module.css'
import { useLog, type LogSource } from './use-log.ts'

const levels = ['info', 'warn', 'error'] as const

interface LogViewProps {
  source: LogSource
  /** In front of the filters: which log. */
  chooser?: ReactNode
  /** What was written around a line, where the reader may see it. */
  readAround?: ReadAround
}

/** A log: filters in the address, the newest line at the bottom, earlier ones on demand, later ones as they come. */
export function LogView({ source, chooser, readAround }: LogViewProps) {
  const { t } = useTranslation()
  const setQuery = useSetQuery()
  const search = useSearchText()
  const asked = useQueryParameter('level')
  const level = levels.find((known) => known === asked) ?? ''
  const [isFollowing, setFollowing] = useState(true)
  return (
    <>
      <div className={viewClasses.filters}>
        {chooser}
        <NativeSelect
          aria-label={t('logs.level')}
          value={level}
          onChange={(event) => setQuery({ level: event.currentTarget.value })}
          data={['', ...levels].map((value) => ({ value, label: t(`logs.from.${value || 'all'}`) }))}
        />
        <div className={viewClasses.search}>
          <SearchInput label={t('logs.search')} />
        </div>
        <Switch
          label={t('logs.follow')}
          checked={isFollowing}
          onChange={(event) => setFollowing(event.currentTarget.checked)}
        />
      </div>
      <Lines
        // Another log or filter begins at its end.
        key={JSON.stringify([source.key, search, level])}
        source={source}
        filter={{ search, level }}
        isFollowing={isFollowing}
        readAround={readAround}
      />
    </>
  )
}

interface LinesProps extends Pick<LogViewProps, 'source'> {
  filter: { search: string; level: string }
  isFollowing: boolean
  readAround: ReadAround | undefined
}

function Lines({ source, filter, isFollowing, readAround }: LinesProps) {
  const { t } = useTranslation()
  const { looking, lines } = useLog(source, filter, isFollowing)
  const [opened, setOpened] = useState<LogLine | null>(null)
  if (looking.data === undefined)
    return looking.error ? <PageError error={looking.error} onRetry={() => void looking.refetch()} /> : <Loading />
  const isFiltered = filter.search !== '' || filter.level !== ''
  if (lines.length === 0 && !looking.hasNextPage)
    return (
      <EmptyState title={isFiltered ? t('logs.noMatch') : t('logs.none')}>
        {isFiltered ? t('logs.noMatchText') : t('logs.noneText')}
      </EmptyState>
    )
  return (
    <>
      <ProblemAlert error={looking.error} />
      <div className={classes.scroller} tabIndex={0} role="region" aria-label={t('logs.lines')}>
        <div>
          <Older looking={looking} />
          <LogLines lines={lines} onOpen={setOpened} />
        </div>
      </div>
      <LineDrawer line={opened} onClose={() => setOpened(null)} readAround={readAround} sourceKey={source.key} />
    </>
  )
}

/** How far back was looked, and the way to go on. */
function Older({ looking }: { looking: ReturnType<typeof useLog>['looking'] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const reachedAt = looking.data?.pages.at(-1)?.reachedAt ?? null
  if (!looking.hasNextPage) return <div className={classes.older}>{t('logs.beginning')}</div>
  return (
    <div className={classes.older}>
      {reachedAt !== null && <span>{t('logs.reached', { time: format.dateTime(reachedAt) })}</span>}
      <Button
        size="compact-sm"
        variant="default"
        loading={looking.isFetchingNextPage}
        onClick={() => void looking.fetchNextPage()}
      >
        {t('logs.older')}
      </Button>
    </div>
  )
}
