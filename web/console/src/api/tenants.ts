/** Organisations: the API's answers and the queries that read them. */
import { api, listQuery } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'

export interface Tenant {
  id: string
  name: string
  slug: string
  domain: string | null
  state: 'active' | 'suspended'
  settings: { locale: string; timeZone: string; contactEmail: string | null }
  plan: { id: string; name: string; title: string }
  maxSites: number
  siteCount: number
  suspension: { since: string; by: string; reason: string | null } | null
  createdAt: string
  version: number
}

/** An organisation that who is signed in belongs to. */
export interface Membership {
  tenant: Pick<Tenant, 'id' | 'name' | 'slug' | 'state'>
  current: boolean
}

export type RegistrationMode = 'closed' | 'open' | 'invitation'

/** Whether strangers may make an account and an organisation here. */
export const registrationQuery = queryOptions({
  queryKey: ['registration'],
  queryFn: ({ signal }) => api.get<{ registration: RegistrationMode }>('/auth/register', signal),
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
