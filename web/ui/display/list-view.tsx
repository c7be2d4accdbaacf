import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { ListPage } from '../api/list-query.ts'
import { DataTable } from './data-table.tsx'
import type { Column } from './data-table.tsx'
import { MoreButton } from './more-button.tsx'
import { QueryView } from './query-view.tsx'

interface ListViewProps<Row> {
  query: UseInfiniteQueryResult<InfiniteData<ListPage<Row>>>
  /** Names the table for those who cannot see it. */
  label: string
  columns: readonly Column<Row>[]
  rowKey: (row: Row) => string
  /** Instead of a table without rows: why, and what to do. */
  empty: ReactNode
}

/** The table of a list that comes page by page. */
export function ListView<Row>({ query, empty, ...table }: ListViewProps<Row>) {
  return (
    <>
      <QueryView query={query}>
        {({ pages }) => {
          const rows = pages.flatMap((page) => page.items)
          return rows.length === 0 ? empty : <DataTable rows={rows} {...table} />
        }}
      </QueryView>
      <MoreButton query={query} />
    </>
  )
}
