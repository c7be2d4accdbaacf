import { Text } from '@mantine/core'
import { DataTable, MoreButton, QueryView, TextLink, TimeAgo, useFormat } from '@platen/ui'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { operationsQuery } from '../api/queries.ts'
import type { Operation } from '../api/types.ts'
import { paths } from '../paths.ts'
import { OperationState } from './operation-state.tsx'
import { useOperationTitle } from './use-operation-title.ts'

interface OperationsTableProps {
  /** Only those of this site. */
  subject?: string
  state?: string
  empty: ReactNode
}

/** Runs, newest first. */
export function OperationsTable({ subject, state, empty }: OperationsTableProps) {
  const { t } = useTranslation()
  const title = useOperationTitle()
  const query = useInfiniteQuery(operationsQuery(subject, state))
  return (
    <QueryView query={query}>
      {(data) => {
        const rows = data.pages.flatMap((page) => page.items)
        if (rows.length === 0) return empty
        return (
          <>
            <DataTable
              label={t('operations.title')}
              rows={rows}
              rowKey={(row) => row.id}
              columns={[
                {
                  key: 'what',
                  header: t('operations.what'),
                  render: (row) => <What operation={row} title={title(row)} />,
                },
                { key: 'state', header: t('operations.state'), render: (row) => <OperationState state={row.state} /> },
                {
                  key: 'who',
                  header: t('operations.who'),
                  secondary: true,
                  render: (row) => row.actor?.label ?? t('operations.platform'),
                },
                {
                  key: 'took',
                  header: t('operations.took'),
                  secondary: true,
                  align: 'right',
                  render: (row) => <Took operation={row} />,
                },
              ]}
            />
            <MoreButton query={query} />
          </>
        )
      }}
    </QueryView>
  )
}

function What({ operation, title }: { operation: Operation; title: string }) {
  return (
    <>
      <TextLink to={paths.operation(operation.id)}>{title}</TextLink>
      <Text size="sm" c="dimmed">
        <TimeAgo iso={operation.createdAt} />
      </Text>
    </>
  )
}

function Took({ operation }: { operation: Operation }) {
  const format = useFormat()
  if (operation.endedAt === null) return '–'
  return format.duration(new Date(operation.endedAt).getTime() - new Date(operation.createdAt).getTime())
}
