import { api, listQuery, queryString } from '@platen/ui'
import type { ListPage } from '@platen/ui'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  Alert,
  Bench,
  CertificateAuthority,
  Cluster,
  Mail,
  MailSummary,
  Me,
  Operation,
  Plan,
  Server,
  Setup,
  Site,
  StoredPlan,
} from './types.ts'

const terminalStates = new Set(['succeeded', 'failed', 'needs-attention', 'cancelled'])

export function isOver(operation: { state: string }): boolean {
  return terminalStates.has(operation.state)
}

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => api.get<Setup>('/setup', signal),
  staleTime: Infinity,
  retry: false,
})

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/auth/me', signal),
  staleTime: 60_000,
})

export const plansQuery = queryOptions({
  queryKey: ['plans'],
  queryFn: ({ signal }) => api.get<{ items: Plan[] }>('/plans', signal),
  staleTime: 60_000,
})

/** Lists keep themselves fresh: quickly while something is being worked on, slowly otherwise. */
export const pace =
  <T>(isAtWork: (item: T) => boolean) =>
  (items: readonly T[]) =>
    items.some(isAtWork) ? 2000 : 20_000

export const sitesQuery = (search = '', state = '') =>
  listQuery<Site>({
    key: ['sites', 'list'],
    path: '/sites',
    parameters: { search, 'filter[state]': state },
    refetchInterval: pace(isBusy),
  })

export const siteQuery = (id: string) =>
  queryOptions({
    queryKey: ['sites', id],
    queryFn: ({ signal }) => api.get<Site>(`/sites/${id}`, signal),
    refetchInterval: ({ state }) => (state.data && isBusy(state.data) ? 1500 : 20_000),
  })

export const operationsQuery = (subject = '', state = '') =>
  listQuery<Operation>({
    key: ['operations', 'list'],
    path: '/operations',
    parameters: { 'filter[subject]': subject, 'filter[state]': state },
    limit: 30,
    refetchInterval: pace((operation) => !isOver(operation)),
  })

export const operationQuery = (id: string) =>
  queryOptions({
    queryKey: ['operations', id],
    queryFn: ({ signal }) => api.get<Operation>(`/operations/${id}`, signal),
    // The event stream is what keeps it live; this covers a proxy in between that holds streams back.
    refetchInterval: ({ state }) => (state.data && isOver(state.data) ? false : 4000),
  })

export const serversQuery = queryOptions({
  queryKey: ['servers'],
  queryFn: ({ signal }) => api.get<{ items: Server[] }>('/servers', signal),
  refetchInterval: 10_000,
})
export const benchesQuery = queryOptions({
  queryKey: ['benches'],
  queryFn: ({ signal }) => api.get<{ items: Bench[] }>('/benches', signal),
  refetchInterval: 10_000,
})
export const clustersQuery = queryOptions({
  queryKey: ['clusters'],
  queryFn: ({ signal }) => api.get<{ items: Cluster[] }>('/clusters', signal),
  refetchInterval: 10_000,
})

export const reconciliationQuery = queryOptions({
  queryKey: ['reconciliation'],
  queryFn: ({ signal }) => api.get<{ items: StoredPlan[] }>('/reconciliation', signal),
  refetchInterval: 15_000,
})

/** For operators. Newest first. */
export const alertsQuery = (state: 'open' | 'resolved') =>
  listQuery<Alert>({
    key: ['alerts'],
    path: '/alerts',
    parameters: { 'filter[state]': state },
    limit: state === 'open' ? 200 : 30,
    refetchInterval: () => 10_000,
  })

export const mailsQuery = infiniteQueryOptions({
  queryKey: ['mails'],
  queryFn: ({ pageParam, signal }) =>
    api.get<ListPage<MailSummary> & { kept: boolean }>(
      `/mails${queryString({ limit: '50', cursor: pageParam })}`,
      signal,
    ),
  initialPageParam: '',
  getNextPageParam: (last) => last.nextCursor,
  refetchInterval: 10_000,
})

export const mailQuery = (id: string) =>
  queryOptions({
    queryKey: ['mails', id],
    queryFn: ({ signal }) => api.get<Mail>(`/mails/${id}`, signal),
    staleTime: Infinity,
  })

export const authorityQuery = queryOptions({
  queryKey: ['certificate-authority'],
  queryFn: ({ signal }) => api.get<CertificateAuthority>('/certificate-authority', signal),
  staleTime: Infinity,
})

function isBusy(site: Site): boolean {
  return site.operation !== null && !isOver(site.operation)
}
