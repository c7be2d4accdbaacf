import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { PageError } from '../layout/error-boundary.tsx'
import { Loading } from './loading.tsx'

/** The three faces of something asked for: on its way, refused, there. Old data stays on screen while a refetch fails. */
export function QueryView<T>({
  query,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  children: (data: T) => ReactNode
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <PageError error={query.error} onRetry={() => void query.refetch()} />
  return <Loading />
}
