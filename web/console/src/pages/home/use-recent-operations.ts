import { useInfiniteQuery } from '@tanstack/react-query'
import { operationsQuery } from '../../api/queries.ts'
import type { Operation } from '../../api/types.ts'

/** The newest operations, and beside them what failed: a busy night must not hide it. Newest first, each once. */
export function useRecentOperations(): Operation[] {
  const found = [
    useInfiniteQuery(operationsQuery()).data,
    useInfiniteQuery(operationsQuery('', 'failed')).data,
    useInfiniteQuery(operationsQuery('', 'needs-attention')).data,
  ].flatMap((data) => data?.pages.flatMap((page) => page.items) ?? [])
  const byId = new Map(found.map((operation) => [operation.id, operation]))
  return [...byId.values()].toSorted((one, other) => other.createdAt.localeCompare(one.createdAt))
}
