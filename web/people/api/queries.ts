import { api, listQuery } from '@platen/ui'
import type { ListPage } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'
import type { ApiToken, Invitation, Me, OwnUser, Permission, Role, SecondFactor, Session, User } from './types.ts'

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => api.get<Me>('/auth/me', signal),
  staleTime: 60_000,
})

export const secondFactorQuery = queryOptions({
  queryKey: ['account', 'second-factor'],
  queryFn: ({ signal }) => api.get<SecondFactor>('/auth/second-factor', signal),
})

export const ownUserQuery = queryOptions({
  queryKey: ['users', 'me'],
  queryFn: ({ signal }) => api.get<OwnUser>('/users/me', signal),
})

const often = () => 15_000

export const sessionsQuery = listQuery<Session>({
  key: ['account', 'sessions'],
  path: '/auth/sessions',
  refetchInterval: often,
})

export const apiTokensQuery = listQuery<ApiToken>({
  key: ['account', 'tokens'],
  path: '/auth/api-tokens',
  refetchInterval: often,
})

/** Every permission of this place. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: ({ signal }) => api.get<{ items: Permission[] }>('/permissions', signal),
  staleTime: 60_000,
})

/** All of them: there are tens. */
export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: ({ signal }) => api.get<ListPage<Role>>('/roles', signal),
  refetchInterval: 20_000,
})

export const roleQuery = (id: string) =>
  queryOptions({ queryKey: ['roles', id], queryFn: ({ signal }) => api.get<Role>(`/roles/${id}`, signal) })

export const usersQuery = (search: string, state: string) =>
  listQuery<User>({
    key: ['users', 'list'],
    path: '/users',
    parameters: { search, 'filter[state]': state },
    refetchInterval: often,
  })

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ['users', id],
    queryFn: ({ signal }) => api.get<User>(`/users/${id}`, signal),
    refetchInterval: 15_000,
  })

export const invitationsQuery = listQuery<Invitation>({
  key: ['invitations'],
  path: '/invitations',
  refetchInterval: (items) => (items.some(({ sentAt }) => sentAt === null) ? 2000 : 15_000),
})
