import { QueryClient } from '@tanstack/react-query'
import type { Api } from './api.ts'
import { ProblemError } from './problem.ts'

/** Query defaults: refusals are not repeated, outages are (the connection banner says so meanwhile), and pages refetch on return. */
export function createQueryClient(api: Api): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        networkMode: 'always',
        staleTime: 5000,
        retry: (count, error) => count < 2 && (!(error instanceof ProblemError) || error.problem.retryable === true),
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
  api.connection.onBack = () => void client.invalidateQueries()
  return client
}
