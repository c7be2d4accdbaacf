/** Organisations: the API's answers and the queries that read them. */
import { api, listQuery } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import type { Membership, Tenant } from '../../../../openapi/manager.ts'
import type { Answer } from './types.ts'

export type { Membership, Tenant } from '../../../../openapi/manager.ts'

/** Whether strangers may make an account and an organisation here. */
export const registrationQuery = queryOptions({
  queryKey: ['registration'],
  queryFn: ({ signal }) => api.get<Answer<'GET /auth/register'>>('/auth/register', signal),
  staleTime: Infinity,
  retry: false,
})

export const ownTenantQuery = queryOptions({
  queryKey: ['tenants', 'me'],
  queryFn: ({ signal }) => api.get<Tenant>('/tenants/me', signal),
  refetchInterval: 30_000,
})

export const membershipsQuery = queryOptions({
  queryKey: ['memberships'],
  queryFn: ({ signal }) => api.get<{ items: Membership[] }>('/auth/tenants', signal),
  staleTime: 60_000,
})

/** For operators. */
export const tenantsQuery = (search: string, state: string) =>
  listQuery<Tenant>({
    key: ['tenants', 'list'],
    path: '/tenants',
    parameters: { search, 'filter[state]': state },
    refetchInterval: () => 15_000,
  })
