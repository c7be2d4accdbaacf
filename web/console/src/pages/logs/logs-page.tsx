import { NativeSelect } from '@mantine/core'
import { EmptyState, Page, QueryView, useFormat, useQueryParameter, useSetQuery } from '@platen/ui'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { programLog, programLogsQuery, readAround, type ProgramLog } from '../../logs/log-queries.ts'
import { LogView } from '../../logs/log-view.tsx'

/** What the programs of the platform wrote, one at a time. */
export function LogsPage() {
  const { t } = useTranslation()
  return (
    <Page title={t('logs.title')} description={t('logs.intro')}>
      <QueryView query={useQuery(programLogsQuery)}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState title={t('logs.none')}>{t('logs.noneText')}</EmptyState>
          ) : (
            <ProgramLogs logs={items} />
          )
        }
      </QueryView>
    </Page>
  )
}

function ProgramLogs({ logs }: { logs: readonly ProgramLog[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  const setQuery = useSetQuery()
  const asked = useQueryParameter('program')
  const known = (program: string | undefined) => logs.find((log) => log.program === program)
  const program = (known(asked) ?? known('manager') ?? logs[0])?.program ?? ''
  return (
    <LogView
      source={programLog(program)}
      readAround={readAround(program)}
      chooser={
        <NativeSelect
          aria-label={t('logs.program')}
          value={program}
          onChange={(event) => setQuery({ program: event.currentTarget.value })}
          data={logs.map((log) => ({ value: log.program, label: `${log.program} (${format.bytes(log.sizeBytes)})` }))}
        />
      }
    />
  )
}
