/** What operators look at and set for the whole platform: the API's answers and the queries that read them. */
import { api } from '@platen/ui'
import { queryOptions } from '@tanstack/react-query'

export interface Check {
  name: string
  ok: boolean
  severity: 'info' | 'warning' | 'critical'
  detail: string
  /** Null where nothing has to be done. */
  whatToDo: string | null
}

export interface AlertWebhook {
  id: string
  url: string
  /** Whether what is sent there carries a signature. */
  signed: boolean
  createdBy: string
  createdAt: string
  /** Status is null where nobody answered. */
  lastDelivery: {
    state: 'delivered' | 'retrying' | 'failed'
    status: number | null
    detail: string
    at: string
  } | null
}

/** The secret is in this answer and in no other. */
export interface AddedWebhook {
  webhook: AlertWebhook
  secret: string | null
}

export const diagnosisQuery = queryOptions({
  queryKey: ['diagnosis'],
  queryFn: ({ signal }) => api.get<{ checks: Check[] }>('/diagnosis', signal),
  refetchInterval: 30_000,
})

export const alertWebhooksQuery = queryOptions({
  queryKey: ['alert-webhooks'],
  queryFn: ({ signal }) => api.get<{ items: AlertWebhook[] }>('/alert-webhooks', signal),
  refetchInterval: 5000,
})
