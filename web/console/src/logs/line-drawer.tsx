import { Button, Drawer, Text } from '@mantine/core'
import {
  CodeBlock,
  CopyButton,
  Loading,
  ProblemAlert,
  PropertyList,
  TextLink,
  useFormat,
  useSetQuery,
} from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { paths } from '../paths.ts'
import classes from './line-drawer.module.css'
import type { LogLine } from './log-line.ts'
import { LogLines } from './log-lines.tsx'

export type ReadAround = (position: string, signal: AbortSignal) => Promise<{ items: LogLine[] }>

interface LineDrawerProps {
  line: LogLine | null
  onClose: () => void
  readAround: ReadAround | undefined
  sourceKey: readonly string[]
}

/** Everything a line says and, for operators, what was written around it. */
export function LineDrawer({ line, onClose, readAround, sourceKey }: LineDrawerProps) {
  const { t } = useTranslation()
  return (
    <Drawer
      opened={line !== null}
      onClose={onClose}
      position="right"
      size="xl"
      title={t('logs.line')}
      closeButtonProps={{ 'aria-label': t('action.close') }}
      data-scroll-locked={line !== null || undefined}
    >
      {line !== null && (
        <div className={classes.content}>
          <p className={classes.message}>{line.message}</p>
          <Facts line={line} onClose={onClose} />
          {Object.keys(line.fields).length > 0 && (
            <CodeBlock text={JSON.stringify(line.fields, undefined, 2)} what={t('logs.fields')} />
          )}
          {readAround !== undefined && <Around line={line} readAround={readAround} sourceKey={sourceKey} />}
        </div>
      )}
    </Drawer>
  )
}

function Facts({ line, onClose }: { line: LogLine; onClose: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const setQuery = useSetQuery()
  const { at, level, site, operation, requestId } = line
  const searchFor = (search: string) => {
    onClose()
    setQuery({ search })
  }
  return (
    <PropertyList
      items={[
        ...(at === null
          ? []
          : [{ label: t('logs.time'), value: <time dateTime={at}>{`${format.date(at)}, ${format.clock(at)}`}</time> }]),
        ...(level === null ? [] : [{ label: t('logs.level'), value: t(`logs.word.${level}`) }]),
        ...(site === null ? [] : [{ label: t('logs.site'), value: <TextLink to={paths.site(site)}>{site}</TextLink> }]),
        ...(operation === null
          ? []
          : [{ label: t('logs.operation'), value: <TextLink to={paths.operation(operation)}>{operation}</TextLink> }]),
        ...(requestId === null
          ? []
          : [
              {
                label: t('logs.request'),
                value: (
                  <span className={classes.request}>
                    {requestId}
                    <CopyButton text={requestId} what={t('logs.request')} />
                    <Button size="compact-sm" variant="default" onClick={() => searchFor(requestId)}>
                      {t('logs.sameRequest')}
                    </Button>
                  </span>
                ),
              },
            ]),
      ]}
    />
  )
}

function Around({
  line,
  readAround,
  sourceKey,
}: {
  line: LogLine
  readAround: ReadAround
  sourceKey: readonly string[]
}) {
  const { t } = useTranslation()
  const { data, error } = useQuery({
    queryKey: ['logs', ...sourceKey, 'around', line.position],
    queryFn: ({ signal }) => readAround(line.position, signal),
    staleTime: Infinity,
    gcTime: 0,
  })
  return (
    <section aria-label={t('logs.around')}>
      <Text component="h3" fw={600} size="sm" mb={6}>
        {t('logs.around')}
      </Text>
      <ProblemAlert error={error} />
      {data === undefined ? (
        error === null && <Loading />
      ) : (
        <div className={classes.around}>
          <LogLines lines={data.items} markedPosition={line.position} />
        </div>
      )}
    </section>
  )
}
